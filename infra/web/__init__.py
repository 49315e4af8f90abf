"""What the browser gets from other people's work: pinned, checked, committed; see vendor.py."""
