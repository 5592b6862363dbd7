CREATE TABLE "client_transaction" (
	"user_id" text NOT NULL,
	"id" uuid NOT NULL,
	"digest" text NOT NULL,
	"outcome" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "client_transaction_user_id_id_pk" PRIMARY KEY("user_id","id")
);
--> statement-breakpoint
ALTER TABLE "client_transaction" ADD CONSTRAINT "client_transaction_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "client_transaction_created_at_idx" ON "client_transaction" USING btree ("created_at");