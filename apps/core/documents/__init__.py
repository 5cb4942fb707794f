"""Printed documents: values → HTML → PDF. Blocks and html say what stands on the page, render and guarded print it."""
