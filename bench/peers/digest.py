"""What every peer embeds with: nearly free, so that what is measured is everything else."""
import hashlib

DIMENSION = 64


def embed(text):
    bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [1.0 if bits >> place & 1 else -1.0 for place in range(DIMENSION)]
