"""Why two tenants cannot be merged or split now; each text tells the operator what to do."""

from tenants.provision import ProvisionError


class MergeRefused(ProvisionError):
    """A merger or a split that cannot go on; nothing was changed by the step that refused."""
