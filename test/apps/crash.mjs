// Writes to both streams, the last line without a line break, and exits with code 7 before it listens.
process.stdout.write('connecting to the database\n')
process.stderr.write('cannot connect: no route', () => process.exit(7))
