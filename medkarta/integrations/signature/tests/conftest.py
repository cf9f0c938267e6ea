"""Authorities of both kinds, made once for all tests: keys and certificates cost time."""

import pytest

from medkarta.integrations.signature import openssl_gost
from medkarta.integrations.signature.cms.trust import trust_in
from medkarta.integrations.signature.tests.authority import Authority, der


@pytest.fixture(scope="session")
def rsa_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("rsa"), "rsa")


@pytest.fixture(scope="session")
def gost_authority(tmp_path_factory):
    if not openssl_gost.available():
        pytest.skip("the GOST engine of OpenSSL is absent")
    return Authority(tmp_path_factory.mktemp("gost"), "gost")


@pytest.fixture(params=["rsa", "gost"])
def authority(request):
    return request.getfixturevalue(f"{request.param}_authority")


@pytest.fixture
def trust(authority):
    return trust_in([der(authority.root)], has_gost=openssl_gost.available())
