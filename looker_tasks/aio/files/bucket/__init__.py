"""Buckets as destinations, by obstore: Amazon S3 and what speaks its protocol, Google Cloud Storage, Azure."""
