"""The embedded S3 store speaks S3: kept objects, signed links, refused strangers."""

import io

import httpx
import pytest
from minio import Minio
from minio.error import S3Error

from infra.embedded.swift import REGION, Swift


def s3(server, secret=None):
    return Minio(
        f"127.0.0.1:{server.port}",
        access_key=server.access_key,
        secret_key=secret or server.secret_key,
        region=REGION,
        secure=False,
    )


def test_an_object_outlives_a_restart_on_other_ports(tmp_path, unused_range):
    content = "giấy khai sinh".encode()
    with Swift(tmp_path / "s3", unused_range(4), "bi-mat-thu-123") as server:
        s3(server).make_bucket("binhdinh")
        s3(server).put_object("binhdinh", "hồ sơ/1.pdf", io.BytesIO(content), len(content))
    with Swift(tmp_path / "s3", unused_range(4), "bi-mat-khac-456") as server:
        assert s3(server).get_object("binhdinh", "hồ sơ/1.pdf").read() == content
        link = s3(server).presigned_get_object("binhdinh", "hồ sơ/1.pdf")
        assert httpx.get(link).content == content
        assert httpx.get(link.replace("1.pdf", "2.pdf")).status_code == 403
        with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
            s3(server, "khong-phai").list_buckets()
