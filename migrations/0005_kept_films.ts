import { type Kysely, sql } from 'kysely';

/**
 * Which detections' films were kept, under which address (the hash of their pixels) and until when, or why not. There
 * is no foreign key to `detections`: rows there are never deleted, and a table that references the partitioned one is
 * locked whenever a month's partition is made.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table kept_films (
      detection_id uuid primary key,
      recorded_at timestamptz(3) not null default now(),
      failure text,
      pixels_sha256 text check (pixels_sha256 ~ '^[0-9a-f]{64}$'),
      width integer check (width > 0),
      height integer check (height > 0),
      bits integer check (bits in (8, 16)),
      channels integer check (channels in (1, 3)),
      window_low integer,
      window_high integer,
      size_bytes bigint check (size_bytes > 0),
      expires_at timestamptz(3),
      deleted_at timestamptz(3),
      constraint kept_or_not check (
        num_nulls(pixels_sha256, width, height, bits, channels, window_low, window_high, size_bytes, expires_at)
          = case when failure is null then 0 else 9 end)
    )`.execute(db);
  await sql`create index kept_films_by_pixels on kept_films (pixels_sha256, expires_at) where deleted_at is
    null`.execute(db);
}
