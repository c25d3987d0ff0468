"""Made-up council papers with a known answer, in many layouts."""
