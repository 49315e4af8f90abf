"""How lines to others are shielded: certificates checked, nothing older than TLS 1.2."""

import ssl
from functools import cache


@cache
def shield() -> ssl.SSLContext:
    """The context of every line that leaves the house; a system's own settings may be weaker."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
