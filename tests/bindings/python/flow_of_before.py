"""A flow as people have it who gathered documents in tasks and put them into a store: only its imports are freshet's."""
import sys
from datetime import timedelta
from itertools import chain

from prefect import flow, task, unmapped
from prefect.cache_policies import INPUTS

from freshet.prefect import Document, GitHubRepoLoader, Loader, SitemapLoader, TurboPuffer


@task(cache_policy=INPUTS, cache_expiration=timedelta(hours=24), retries=2, retry_delay_seconds=[3, 60], persist_result=True,
      task_run_name="gather documents using {loader.__class__.__name__}")
async def gather_documents(loader: Loader) -> list[Document]:
    return await loader.load()


@flow(flow_run_name="refresh knowledge in {namespace} from urls {urls} and repos {repos}")
def refresh_knowledge(urls: list[str] | None = None, repos: list[str] | None = None, include_globs: list[str] | None = None,
                      namespace: str = "knowledge"):
    lists = gather_documents.map([
        SitemapLoader(urls=urls),
        *[GitHubRepoLoader(repo=repo, include_globs=include_globs or ["README.md"]) for repo in repos],
    ]).result()
    with TurboPuffer(namespace=namespace) as store:
        task(store.upsert_batched).submit(documents=list(chain.from_iterable(lists)), batch_size=unmapped(100),
                                          max_concurrent=unmapped(8)).wait()


if __name__ == "__main__":
    refresh_knowledge(urls=sys.argv[1:], repos=[], namespace="docs")
