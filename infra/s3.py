"""A client for any store that speaks S3."""

from functools import cache
from urllib.parse import urlsplit

import urllib3
from minio import Minio

from infra.settings import BadSetting


@cache
def client(endpoint: str, access: str, secret: str, region: str) -> Minio:
    """A client with its own small pool: 3 s to connect, 30 s of silence, two quick retries.

    The region is always given: without it the client asks the store before it signs a link.
    """
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise BadSetting("MOTCUA_S3_ENDPOINT must read http://host:port or https://host:port")
    pool = urllib3.PoolManager(
        maxsize=10,
        timeout=urllib3.Timeout(connect=3, read=30),
        retries=urllib3.Retry(
            total=2, redirect=False, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]
        ),
    )
    return Minio(
        parts.netloc,
        access_key=access,
        secret_key=secret,
        secure=parts.scheme == "https",
        region=region,
        http_client=pool,
    )
