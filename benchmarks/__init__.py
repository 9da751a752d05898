"""What the platform costs beside the usual ways, measured in one run on the same workbooks: `python -m benchmarks`."""
