"""Seals and signatures."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ids import uuid7
from infra.sealed import BrokenSeal, derive, seal, sign, signed, unseal

KEY = b"k" * 32


@given(st.binary(), st.text())
def test_what_is_sealed_comes_back(plain, label):
    assert unseal(KEY, seal(KEY, plain, label), label) == plain


@pytest.mark.asvs("11.3.3")
@given(st.binary(min_size=1), st.integers(0))
def test_a_changed_byte_breaks_the_seal(plain, place):
    sealed = bytearray(seal(KEY, plain, "x"))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(BrokenSeal):
        unseal(KEY, bytes(sealed), "x")


@pytest.mark.asvs("11.3.3")
def test_a_seal_moved_to_another_place_is_broken():
    with pytest.raises(BrokenSeal):
        unseal(KEY, seal(KEY, b"secret", "tenant:a"), "tenant:b")
    with pytest.raises(BrokenSeal):
        unseal(os.urandom(32), seal(KEY, b"secret", "a"), "a")


@pytest.mark.asvs("9.1.1")
@given(st.text(), st.text())
def test_a_signature_fits_its_message_only(one, other):
    assert signed(KEY, one, sign(KEY, one))
    assert signed(KEY, other, sign(KEY, one)) == (one == other)


def test_keys_for_two_purposes_differ():
    assert derive(KEY, "link") != derive(KEY, "rating")
    assert not signed(derive(KEY, "link"), "x", sign(derive(KEY, "rating"), "x"))


def test_ids_are_of_version_seven_and_in_order():
    ids = [uuid7() for _ in range(2000)]
    assert {i.version for i in ids} == {7} and len(set(ids)) == 2000
    moments = [i.int >> 80 for i in ids]
    assert moments == sorted(moments)
