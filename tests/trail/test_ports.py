"""The source port that is kept with every act is the person's, never the proxy's."""

import pytest

from app.doors.limits_address import told_port

SAID = '1.1.1.1:1, "[2a00:1::5]:443", 203.0.113.9:40001, 203.0.113.10, 10.0.0.1:99999'


@pytest.mark.parametrize(
    ("address", "port"),
    [("203.0.113.9", 40001), ("203.0.113.10", 0), ("2a00:1::5", 443), ("10.0.0.1", 0),
     ("198.51.100.1", 0)],
)  # fmt: skip
def test_the_port_beside_an_address_is_read_as_proxies_write_it(address, port):
    assert told_port(address, SAID) == port
