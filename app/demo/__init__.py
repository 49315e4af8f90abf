"""`make demo`: the main job played over HTTP by everybody it needs, in both provinces.

Citizen, counter officer, specialist, leader and vendor each use their own browser against a
throw-away installation. Nothing is called directly: what a form does not show cannot be sent. In
the end the databases are read, and every fact is held against every other place that states it.
"""
