"""Companies' own domains: named, proved by a DNS record, put into service, checked again every night."""
