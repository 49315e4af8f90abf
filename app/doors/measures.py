"""Figures for the operator: how many requests, how they ended, how long they took."""

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

_requests = Counter("motcua_requests_total", "Requests answered", ["tenant", "method", "status"])
_seconds = Histogram(
    "motcua_request_seconds",
    "Time to answer",
    ["tenant"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
_findings = Gauge("motcua_trail_findings", "Rows and seals not as they were sealed", ["tenant"])
_unsealed = Gauge("motcua_trail_unsealed", "Rows that waited for a seal then", ["tenant"])
_checked = Gauge("motcua_trail_checked_seconds", "When the trail was verified", ["tenant"])
_METHODS = {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"}


def observe(tenant: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; an odd method is counted as such, not by its name."""
    known = method if method in _METHODS else "other"
    _requests.labels(tenant, known, f"{status // 100}xx").inc()
    _seconds.labels(tenant).observe(seconds)


def trail_checked(tenant: str, at: datetime, findings: int, unsealed: int) -> None:
    """Tell what the latest verification of a tenant's trail found, whoever made it."""
    _findings.labels(tenant).set(findings)
    _unsealed.labels(tenant).set(unsealed)
    _checked.labels(tenant).set(at.timestamp())
