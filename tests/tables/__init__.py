"""Tests of the tables that are made of json_bi results."""
