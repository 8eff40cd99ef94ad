"""What every feature stands on: settings, database, access, errors, events, jobs, stream, audit."""
