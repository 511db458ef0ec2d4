CREATE TABLE "leases" (
	"name" text NOT NULL,
	"place" integer NOT NULL,
	"holder" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "leases_name_place_pk" PRIMARY KEY("name","place")
);
