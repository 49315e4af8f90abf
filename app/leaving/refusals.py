"""Why a tenant cannot leave, arrive or be erased now; each text tells the operator what to do."""

from tenants.provision import ProvisionError


class LeavingRefused(ProvisionError):
    """An export, an import or an erasure that cannot go on."""
