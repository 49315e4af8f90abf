"""Statutory slips (giấy tờ theo mẫu): issued once, with their content frozen as it was then."""
