"""特定健診: CDA XML and FKAC files in, 階層化, みなし健診."""
