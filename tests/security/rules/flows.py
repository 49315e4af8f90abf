@get("/tim")
async def searched(tu_khoa: str, officer: Officer) -> Template:
    words = tu_khoa.strip()
    query = f"select id from dossier where code like '%{words}%'"
    # ruleid: sent-into-query
    await db.tenant.fetch(query)
    # ok: sent-into-query
    return await db.tenant.fetch("select id from dossier where code = $1", words)


@post("/sap-xep")
async def sorted_by(request: Request) -> Template:
    column = request.query_params.get("theo", "code")
    # ruleid: sent-into-query
    await db.tenant.fetch_one("select * from dossier order by " + column)
    # ok: sent-into-query
    await db.tenant.fetch_one(QUERIES.get(await known(column)))


@get("/ve")
async def back(request: Request, ma: str) -> Redirect:
    there = request.query_params.get("ve", "/")
    if there.startswith("https"):
        # ruleid: sent-into-redirect
        return Redirect(there, status_code=303)
    if not ma:
        # ruleid: sent-into-redirect
        return Redirect(path=f"{there}?xong=1")
    if there == "//":
        # ruleid: sent-into-redirect
        return Redirect(f"//{ma}/tra-cuu")
    if there == "/":
        # ok: sent-into-redirect
        return Redirect(f"/tra-cuu/{ma}", status_code=303)
    # ok: sent-into-redirect
    return Redirect(paths.safe_return(there, "citizen"), status_code=303)


@get("/tep/{name:str}")
async def file(name: str, request: Request) -> Response:
    # ruleid: sent-into-path
    place = Path("/var/lib/motcua", name)
    # ruleid: sent-into-path
    os.remove(request.headers["x-file"])
    # ok: sent-into-path
    place = Path("/var/lib/motcua", await key_of(name))
    # ruleid: sent-into-header
    shown = Response(b"", headers={"Content-Disposition": f"attachment; filename={name}"})
    # ruleid: sent-into-header
    shown.headers["X-Name"] = name
    # ok: sent-into-header
    return Response(b"", headers={"Content-Disposition": names.attachment(name)})


@post("/doi")
async def converted(request: Request) -> Response:
    sent = await texts(request)
    # ruleid: sent-into-command
    subprocess.run(["convert", sent["tep"]])
    # ruleid: sent-into-command
    await asyncio.create_subprocess_exec("convert", sent["tep"])
    # ruleid: sent-into-log
    log.info("converted", file=sent["tep"])
    # ok: sent-into-log
    log.info("converted", count=1)
    # ruleid: sent-into-page
    page = Markup(f"<b>{sent['ten']}</b>")
    # ruleid: sent-into-page
    return Response(f"<p>{sent['ten']}</p>", media_type=MediaType.HTML)


@post("/hoi")
async def asked(request: Request, data: dict) -> Response:
    address = (await request.form())["dia-chi"]
    # ruleid: sent-into-call
    httpx.get(address, timeout=5)
    # ruleid: sent-into-call
    await client.request("GET", f"https://{address}/metadata")
    # ok: sent-into-call
    return await client.request("GET", settings().catalogue)
