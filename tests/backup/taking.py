"""A process that takes a base backup, to be killed: `python -m tests.backup.taking CLUSTER`."""

import asyncio
import sys

from tenants.backup import base

if __name__ == "__main__":
    asyncio.run(base.take(sys.argv[1]))
