def compared(session, token, given, digest):
    # ruleid: secret-compared-in-the-open
    if token == given:
        return True
    # ruleid: secret-compared-in-the-open
    if session.csrf_token != given:
        return False
    # ok: secret-compared-in-the-open
    if token == "" or token is None:
        return False
    # ok: secret-compared-in-the-open
    return hmac.compare_digest(token, given)


def cookies(token, answer):
    # ruleid: cookie-without-its-flags
    first = Cookie(key="phien", value=token, secure=True, samesite="lax")
    # ruleid: cookie-without-its-flags
    second = Cookie(key="phien", value=token, httponly=True, samesite="lax")
    # ruleid: cookie-without-its-flags
    third = Cookie(key="phien", value=token, httponly=True, secure=True)
    # ruleid: cookie-without-its-flags
    fourth = Cookie(key="phien", value=token, httponly=True, secure=False, samesite="lax")
    # ruleid: cookie-without-its-flags
    answer.set_cookie("phien", token)
    # ok: cookie-without-its-flags
    return Cookie(key="phien", value=token, samesite="lax", httponly=True, secure=is_safe())


def passed_over():
    # ruleid: every-failure-passed-over
    with contextlib.suppress(Exception):
        work()
    # ok: every-failure-passed-over
    with contextlib.suppress(FileNotFoundError):
        work()


def verified(context):
    # ruleid: server-not-verified
    httpx.AsyncClient(timeout=5, verify=False)
    # ruleid: server-not-verified
    context.check_hostname = False
    # ruleid: server-not-verified
    context.verify_mode = ssl.CERT_NONE
    # ruleid: server-not-verified
    Redis(host="cache", ssl=True, ssl_cert_reqs="none")
    # ok: server-not-verified
    Redis(host="cache", ssl=True, ssl_cert_reqs="required", ssl_check_hostname=True)
