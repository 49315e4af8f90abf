"""What each province brings with it: agencies, calendar, brand, posts, first officers."""
