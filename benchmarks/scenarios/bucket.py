"""Into a bucket: few large results, and many small ones."""

from benchmarks.scenario import Contender, Scenario

_CONTENDERS = (
    Contender("bucket_ours", "looker-tasks"),
    Contender("bucket_boto3", "boto3, streamed, 16 threads"),
    Contender("bucket_after_download", "boto3 after download, 16 thr."),
)

BUCKET = Scenario(
    name="bucket",
    purpose="16 results of 128 MB into a bucket, all at once; nothing to wait for",
    exports=16,
    concurrency=16,
    render_slots=16,
    server="serve_big",
    settings={"megabytes": 128},
    contenders=_CONTENDERS,
)
BUCKET_SMALL = Scenario(
    name="bucket-small",
    purpose="5,000 results of 10 KB into a bucket; nothing to wait for",
    exports=5000,
    concurrency=16,
    render_slots=16,
    server="serve_big",
    settings={"megabytes": 0.01},
    contenders=_CONTENDERS,
)
