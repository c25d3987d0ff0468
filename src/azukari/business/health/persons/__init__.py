"""Who is who: identities of papers, the persons they are, and the pairs a person decides."""
