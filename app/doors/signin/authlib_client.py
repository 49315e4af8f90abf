"""Authlib's client, imported without its notice that it would rather use another HTTP library."""

import warnings
from typing import Any

from authlib.deprecate import AuthlibDeprecationWarning
from authlib.oauth2.client import OAuth2Client as _OAuth2Client

with warnings.catch_warnings():
    # Authlib 1.9 works with httpx, which the rest of this program uses; 2.0 will not.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client as _AsyncOAuth2Client

# The library has no types of its own.
OAuth2Client: Any = _OAuth2Client
AsyncOAuth2Client: Any = _AsyncOAuth2Client

__all__ = ["AsyncOAuth2Client", "OAuth2Client", "OAuthError"]
