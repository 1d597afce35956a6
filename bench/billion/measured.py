"""What measure.py printed on 2026-11-28 for 1,000 roots of six chunks of about 900 characters, with vectors of 1,536 dimensions."""
LMDB = {"root": 347, "chunk": 4322, "vector": 8154}
