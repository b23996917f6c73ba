"""As much of S3 as an upload needs: it counts what comes, and keeps none of it, so that the client is what is slow."""

from xml.sax.saxutils import escape

from aiohttp import web
from attrs import define, field

_NAME = "http://s3.amazonaws.com/doc/2006-03-01/"


@define
class Bucket:
    """The bucket at ``/bucket``: the sizes of its objects, and of the parts of those to be."""

    objects: dict[str, int] = field(factory=dict)
    uploads: dict[str, dict[str, int]] = field(factory=dict)

    def routes(self) -> list[web.RouteDef]:
        """Return what it answers."""
        return [
            web.get("/bucket", self.list_objects),
            web.get("/bucket/", self.list_objects),
            web.put("/bucket/{key:.+}", self.put),
            web.post("/bucket/{key:.+}", self.post),
            web.head("/bucket/{key:.+}", self.head),
            web.delete("/bucket/{key:.+}", self.delete),
        ]

    async def list_objects(self, _: web.Request) -> web.Response:
        """Have nothing in it."""
        return _xml(f'<ListBucketResult xmlns="{_NAME}"><IsTruncated>false</IsTruncated></ListBucketResult>')

    async def put(self, request: web.Request) -> web.Response:
        """Take an object, or a part of one."""
        size = 0
        async for chunk in request.content.iter_any():
            size += len(chunk)
        upload = request.query.get("uploadId")
        if upload is None:
            self.objects[request.match_info["key"]] = size
        else:
            self.uploads[upload][request.query["partNumber"]] = size
        return web.Response(headers={"ETag": f'"{size}"'})

    async def post(self, request: web.Request) -> web.Response:
        """Begin an upload in parts, or complete it."""
        key = request.match_info["key"]
        if "uploads" in request.query:
            upload = str(len(self.uploads))
            self.uploads[upload] = {}
            return _xml(
                f'<InitiateMultipartUploadResult xmlns="{_NAME}"><Bucket>bucket</Bucket><Key>{escape(key)}</Key>'
                f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        self.objects[key] = sum(self.uploads[request.query["uploadId"]].values())
        return _xml(
            f'<CompleteMultipartUploadResult xmlns="{_NAME}"><Location>/bucket/{escape(key)}</Location>'
            f'<Bucket>bucket</Bucket><Key>{escape(key)}</Key><ETag>"parts"</ETag></CompleteMultipartUploadResult>'
        )

    async def head(self, request: web.Request) -> web.Response:
        """Tell the size of an object."""
        size = self.objects.get(request.match_info["key"])
        if size is None:
            return web.Response(status=404)
        headers = {"Content-Length": str(size), "ETag": '"x"', "Last-Modified": "Thu, 26 Nov 2026 12:00:00 GMT"}
        return web.Response(headers=headers)

    async def delete(self, _: web.Request) -> web.Response:
        """Forget an upload, or an object."""
        return web.Response(status=204)


def _xml(text: str) -> web.Response:
    return web.Response(text=f'<?xml version="1.0" encoding="UTF-8"?>{text}', content_type="application/xml")
