"""What the plan is made of: figures as measured, each with where it stands, and what is assumed of the world, which anybody may change."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    value: float
    source: str


MEASURED = {
    "read_pages_core": Figure(138, "cold refresh, text only: 276 pages/s on 2 cores"),
    "embed_cpu_text": Figure(1.0e-4, "embed_bench: 1.0 CPU seconds for 10,000 texts"),
    "embed_bytes_text": Figure(9_070, "embed_bench: 7.9 MB sent and 82.8 MB received for 10,000 texts"),
    "store_cpu_row": Figure(1.18e-4, "stores_bench: 1.18 CPU seconds for 10,000 rows to turbopuffer"),
    "store_bytes_row": Figure(9_039, "stores_bench: bytes a row of 1,536 dimensions to turbopuffer"),
    "revisit_cpu_page": Figure(119e-3 / 530, "refresh_bench: no-change revisit of 530 pages, 119 ms of CPU"),
    "commits": Figure(1_032, "commit of a document, one writer: a second"),
    "listing_memory": Figure(32, "memory for each URL of a listing, bytes"),
    "page_bytes": Figure(50.7e6 / 530, "the site: 530 pages, 50.7 MB of HTML"),
    "chunks_page": Figure(10_754 / 530, "the site: 10,754 chunks of 530 pages"),
    "written_root": Figure(50.3e6 / 10_752, "refresh_bench: 50.3 MB handed to write for 10,752 unchanged roots"),
    "written_load": Figure(780e6 / 10_752, "refresh_bench: 780 MB handed to write for a load of 10,752 small files"),
}


@dataclasses.dataclass(frozen=True)
class World:
    """Not measured: what is to be refreshed, how often, by what machines, and what they cost."""

    pages: float = 1e9
    page_bytes: float = 30_000          # of HTML: the site that was measured has long pages
    chunks_page: float = 6
    tokens_chunk: float = 200
    url_bytes: float = 90               # a line of a listing
    changed_a_day: float = 0.02         # of all pages
    revisit_days: float = 7
    hosts: float = 2e6
    host_exponent: float = 1.0          # Zipf: the largest host has pages / ln(hosts), about
    host_rate: float = 5.0              # requests a second that one host bears, from all shards together
    latency: float = 0.15               # seconds a request
    requests_at_once: float = 64        # `total` of one process
    cores: float = 8                    # of a machine
    processes: float = 4                # shards that run at once on a machine
    machine_day: float = 8.0            # in dollars
    disk_bytes: float = 8e12            # of a machine
    disk_writes: float = 200e6          # bytes a second that a disk takes all day
    network: float = 125e6              # bytes a second of a machine
    token_price: float = 0.02           # dollars a million
    embed_tokens: float = 1.0e6         # tokens a second that the embedding service takes of one account
    store_rows: float = 50_000          # rows a second that the store takes in all
    store_row_month: float = 9_039 * 0.33e-9  # dollars: 0.33 a GB
    map_bytes: float = 256 * 2**30      # the address space of a repository, by default


WORLD_NAMES = [field.name for field in dataclasses.fields(World)]
