"""The contenders: a module each, with one function `export_all(workload, receipts) -> Told`."""
