SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE TYPE public.studydirection AS ENUM (
    'NOT_SET',
    'MINIMIZE',
    'MAXIMIZE'
);
CREATE TYPE public.trialintermediatevaluetype AS ENUM (
    'FINITE',
    'INF_POS',
    'INF_NEG',
    'NAN'
);
CREATE TYPE public.trialstate AS ENUM (
    'RUNNING',
    'COMPLETE',
    'PRUNED',
    'FAIL',
    'WAITING'
);
CREATE TYPE public.trialvaluetype AS ENUM (
    'FINITE',
    'INF_POS',
    'INF_NEG'
);
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.studies (
    study_id integer NOT NULL,
    study_name character varying(512) NOT NULL
);
CREATE SEQUENCE public.studies_study_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.studies_study_id_seq OWNED BY public.studies.study_id;
CREATE TABLE public.study_directions (
    study_direction_id integer NOT NULL,
    direction public.studydirection NOT NULL,
    study_id integer NOT NULL,
    objective integer NOT NULL
);
CREATE SEQUENCE public.study_directions_study_direction_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_directions_study_direction_id_seq OWNED BY public.study_directions.study_direction_id;
CREATE TABLE public.study_system_attributes (
    study_system_attribute_id integer NOT NULL,
    study_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.study_system_attributes_study_system_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_system_attributes_study_system_attribute_id_seq OWNED BY public.study_system_attributes.study_system_attribute_id;
CREATE TABLE public.study_user_attributes (
    study_user_attribute_id integer NOT NULL,
    study_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.study_user_attributes_study_user_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_user_attributes_study_user_attribute_id_seq OWNED BY public.study_user_attributes.study_user_attribute_id;
CREATE TABLE public.trial_heartbeats (
    trial_heartbeat_id integer NOT NULL,
    trial_id integer NOT NULL,
    heartbeat timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.trial_heartbeats_trial_heartbeat_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_heartbeats_trial_heartbeat_id_seq OWNED BY public.trial_heartbeats.trial_heartbeat_id;
CREATE TABLE public.trial_intermediate_values (
    trial_intermediate_value_id integer NOT NULL,
    trial_id integer NOT NULL,
    step integer NOT NULL,
    intermediate_value double precision,
    intermediate_value_type public.trialintermediatevaluetype NOT NULL
);
CREATE SEQUENCE public.trial_intermediate_values_trial_intermediate_value_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_intermediate_values_trial_intermediate_value_id_seq OWNED BY public.trial_intermediate_values.trial_intermediate_value_id;
CREATE TABLE public.trial_params (
    param_id integer NOT NULL,
    trial_id integer,
    param_name character varying(512),
    param_value double precision,
    distribution_json text
);
CREATE SEQUENCE public.trial_params_param_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_params_param_id_seq OWNED BY public.trial_params.param_id;
CREATE TABLE public.trial_system_attributes (
    trial_system_attribute_id integer NOT NULL,
    trial_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.trial_system_attributes_trial_system_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_system_attributes_trial_system_attribute_id_seq OWNED BY public.trial_system_attributes.trial_system_attribute_id;
CREATE TABLE public.trial_user_attributes (
    trial_user_attribute_id integer NOT NULL,
    trial_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.trial_user_attributes_trial_user_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_user_attributes_trial_user_attribute_id_seq OWNED BY public.trial_user_attributes.trial_user_attribute_id;
CREATE TABLE public.trial_values (
    trial_value_id integer NOT NULL,
    trial_id integer NOT NULL,
    objective integer NOT NULL,
    value double precision,
    value_type public.trialvaluetype NOT NULL
);
CREATE SEQUENCE public.trial_values_trial_value_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_values_trial_value_id_seq OWNED BY public.trial_values.trial_value_id;
CREATE TABLE public.trials (
    trial_id integer NOT NULL,
    number integer,
    study_id integer,
    state public.trialstate NOT NULL,
    datetime_start timestamp without time zone,
    datetime_complete timestamp without time zone
);
CREATE SEQUENCE public.trials_trial_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trials_trial_id_seq OWNED BY public.trials.trial_id;
CREATE TABLE public.tuner_reports (
    trial_id integer NOT NULL,
    epoch integer NOT NULL,
    metrics json NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE VIEW public.tuner_results AS
 SELECT s.study_name AS study,
    t.number,
    t.state,
    max(
        CASE
            WHEN ((a.key)::text = 'cost'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS cost,
    max(
        CASE
            WHEN ((a.key)::text = 'score'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS score,
    max(
        CASE
            WHEN ((a.key)::text = 'seconds'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS seconds,
    max(
        CASE
            WHEN ((a.key)::text = 'attempt'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS attempt,
    max(
        CASE
            WHEN ((a.key)::text = 'retry_of'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS retry_of,
    max(
        CASE
            WHEN ((a.key)::text = 'peak_memory_mib'::text) THEN (a.value_json)::double precision
            ELSE NULL::double precision
        END) AS peak_memory_mib,
    max(
        CASE
            WHEN ((a.key)::text = 'node'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS node,
    max(
        CASE
            WHEN ((a.key)::text = 'node_id'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS node_id,
    max(
        CASE
            WHEN ((a.key)::text = 'device'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS device,
    max(
        CASE
            WHEN ((a.key)::text = 'device_name'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS device_name,
    max(
        CASE
            WHEN ((a.key)::text = 'started_at'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS started_at,
    max(
        CASE
            WHEN ((a.key)::text = 'reason'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS reason,
    max(
        CASE
            WHEN ((a.key)::text = 'health'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS health,
    max(
        CASE
            WHEN ((a.key)::text = 'health_reason'::text) THEN ((a.value_json)::jsonb #>> '{}'::text[])
            ELSE NULL::text
        END) AS health_reason
   FROM ((public.trials t
     JOIN public.studies s ON ((s.study_id = t.study_id)))
     LEFT JOIN public.trial_user_attributes a ON ((a.trial_id = t.trial_id)))
  GROUP BY s.study_name, t.trial_id, t.number, t.state;
CREATE TABLE public.version_info (
    version_info_id integer NOT NULL,
    schema_version integer,
    library_version character varying(256),
    CONSTRAINT version_info_version_info_id_check CHECK ((version_info_id = 1))
);
ALTER TABLE ONLY public.studies ALTER COLUMN study_id SET DEFAULT nextval('public.studies_study_id_seq'::regclass);
ALTER TABLE ONLY public.study_directions ALTER COLUMN study_direction_id SET DEFAULT nextval('public.study_directions_study_direction_id_seq'::regclass);
ALTER TABLE ONLY public.study_system_attributes ALTER COLUMN study_system_attribute_id SET DEFAULT nextval('public.study_system_attributes_study_system_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.study_user_attributes ALTER COLUMN study_user_attribute_id SET DEFAULT nextval('public.study_user_attributes_study_user_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_heartbeats ALTER COLUMN trial_heartbeat_id SET DEFAULT nextval('public.trial_heartbeats_trial_heartbeat_id_seq'::regclass);
ALTER TABLE ONLY public.trial_intermediate_values ALTER COLUMN trial_intermediate_value_id SET DEFAULT nextval('public.trial_intermediate_values_trial_intermediate_value_id_seq'::regclass);
ALTER TABLE ONLY public.trial_params ALTER COLUMN param_id SET DEFAULT nextval('public.trial_params_param_id_seq'::regclass);
ALTER TABLE ONLY public.trial_system_attributes ALTER COLUMN trial_system_attribute_id SET DEFAULT nextval('public.trial_system_attributes_trial_system_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_user_attributes ALTER COLUMN trial_user_attribute_id SET DEFAULT nextval('public.trial_user_attributes_trial_user_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_values ALTER COLUMN trial_value_id SET DEFAULT nextval('public.trial_values_trial_value_id_seq'::regclass);
ALTER TABLE ONLY public.trials ALTER COLUMN trial_id SET DEFAULT nextval('public.trials_trial_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('v3.2.0.a');
INSERT INTO public.studies VALUES (1, 'done');
INSERT INTO public.studies VALUES (2, 'single');
INSERT INTO public.studies VALUES (3, 'interrupted');
INSERT INTO public.study_directions VALUES (1, 'MAXIMIZE', 1, 0);
INSERT INTO public.study_directions VALUES (2, 'MINIMIZE', 1, 1);
INSERT INTO public.study_directions VALUES (3, 'MAXIMIZE', 2, 0);
INSERT INTO public.study_directions VALUES (4, 'MAXIMIZE', 3, 0);
INSERT INTO public.study_directions VALUES (5, 'MINIMIZE', 3, 1);
INSERT INTO public.study_system_attributes VALUES (1, 1, 'study:metric_names', '["score", "cost"]');
INSERT INTO public.study_system_attributes VALUES (2, 2, 'study:metric_names', '["score"]');
INSERT INTO public.study_system_attributes VALUES (3, 3, 'study:metric_names', '["score", "cost"]');
INSERT INTO public.study_user_attributes VALUES (1, 1, 'identity', '"13f01d6f"');
INSERT INTO public.study_user_attributes VALUES (2, 1, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.study_user_attributes VALUES (3, 1, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.study_user_attributes VALUES (4, 1, 'config', '{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 4}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}, {"direction": "minimize", "metric": "cost"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "tpe", "seed": 0}, "study": "done", "train": {"x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO public.study_user_attributes VALUES (5, 1, 'driver', '"process 31635 on node-1 since 2026-11-25T23:03:27+00:00"');
INSERT INTO public.study_user_attributes VALUES (6, 2, 'identity', '"1fb1a91f"');
INSERT INTO public.study_user_attributes VALUES (7, 2, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.study_user_attributes VALUES (8, 2, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.study_user_attributes VALUES (9, 2, 'config', '{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 16}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "cmaes", "seed": 3}, "study": "single", "train": {"kind": {"high": 1.0, "log": true, "low": 0.001, "search": "float"}, "x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO public.study_user_attributes VALUES (10, 2, 'driver', '"process 31635 on node-1 since 2026-11-25T23:03:34+00:00"');
INSERT INTO public.study_user_attributes VALUES (11, 3, 'identity', '"a56c38bd"');
INSERT INTO public.study_user_attributes VALUES (12, 3, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.study_user_attributes VALUES (13, 3, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.study_user_attributes VALUES (14, 3, 'config', '{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 18}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}, {"direction": "minimize", "metric": "cost"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "tpe", "seed": 0}, "study": "interrupted", "train": {"kind": {"options": [null, {"n": {"high": 9, "low": 1, "search": "int"}, "name": "a"}], "search": "one_of"}, "x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO public.study_user_attributes VALUES (15, 3, 'driver', '"process 31635 on node-1 since 2026-11-25T23:03:54+00:00"');
INSERT INTO public.trial_intermediate_values VALUES (1, 5, 1, 0.6203897849553475, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (2, 6, 1, 0.8231697438751834, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (3, 7, 1, 0.9350565134756723, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (4, 8, 1, 0.7721637391215028, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (5, 9, 1, 0.8018731240858982, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (6, 10, 1, 0.8583142054675236, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (7, 11, 1, 0.8357531942333856, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (8, 12, 1, 0.8125697399402501, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (9, 13, 1, 0.7329852489713133, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (10, 14, 1, 0.8921370295392606, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (11, 15, 1, 0.714507559707651, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (12, 16, 1, 0.6576960990378717, 'FINITE');
INSERT INTO public.trial_params VALUES (1, 1, 'x', 0.8704087656336369, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (2, 2, 'x', 0.348397602405462, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (3, 3, 'x', 0.04784819461498768, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (4, 4, 'x', 0.9340450981352946, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (5, 5, 'kind', 0.3953960235118728, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (6, 5, 'x', 0.8815934112828561, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (7, 6, 'kind', 0.008845553073859607, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (8, 6, 'x', 0.649216656532595, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (9, 7, 'kind', 0.016953733902803934, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (10, 7, 'x', 0.24894722704936112, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (11, 8, 'kind', 0.030221784432147892, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (12, 8, 'x', 0.7199508045835809, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (13, 9, 'kind', 0.02087944941109989, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (14, 9, 'x', 0.6803533457743057, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (15, 10, 'kind', 0.6189140722972692, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (16, 10, 'x', 0.5906283666494174, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (17, 11, 'kind', 0.03812419098388937, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (18, 11, 'x', 0.6294388048652669, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (19, 12, 'kind', 0.1904240250812506, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (20, 12, 'x', 0.6650464957559972, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (21, 13, 'kind', 0.4140381885066656, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (22, 13, 'x', 0.7670643079533399, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (23, 14, 'kind', 0.23521208317104206, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (24, 14, 'x', 0.5199708355474776, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (25, 15, 'kind', 0.05798642132744297, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (26, 15, 'x', 0.7877074973572844, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (27, 16, 'kind', 0.951053638290161, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (28, 16, 'x', 0.846312634266867, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (29, 17, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (30, 17, 'x', 0.8645998230644119, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (31, 18, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (32, 18, 'kind.a.n', 6, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (33, 18, 'x', 0.8552924829802623, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (34, 19, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (35, 19, 'kind.a.n', 9, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (36, 19, 'x', 0.6332787467801626, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (37, 20, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (38, 20, 'x', 0.34102778386157373, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (39, 21, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (40, 21, 'x', 0.7660713310976274, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (41, 22, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (42, 22, 'kind.a.n', 8, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (43, 22, 'x', 0.10778899426597821, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (44, 23, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (45, 23, 'x', 0.2984613686389239, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (46, 24, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (47, 24, 'kind.a.n', 5, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (48, 24, 'x', 0.8894233197891914, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (49, 25, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (50, 25, 'kind.a.n', 6, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (51, 25, 'x', 0.35471204954371705, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (52, 26, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (53, 26, 'kind.a.n', 1, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (54, 26, 'x', 0.6644486675552371, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (55, 27, 'kind', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (56, 27, 'kind.a.n', 6, '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO public.trial_params VALUES (57, 27, 'x', 0.7856030467469428, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (58, 28, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (59, 28, 'x', 0.008744361180582139, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (60, 29, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (61, 29, 'x', 0.0008850257878633763, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (62, 30, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (63, 30, 'x', 0.14965829845700135, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_params VALUES (64, 31, 'kind', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO public.trial_params VALUES (65, 31, 'x', 0.47126697494508496, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO public.trial_system_attributes VALUES (1, 1, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (2, 2, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (3, 3, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (4, 4, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (5, 5, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (6, 6, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (7, 6, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (8, 7, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (9, 7, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (10, 8, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (11, 8, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (12, 9, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (13, 9, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (14, 10, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (15, 10, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (16, 11, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (17, 11, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (18, 12, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (19, 12, 'cma:generation', '0');
INSERT INTO public.trial_system_attributes VALUES (20, 13, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (21, 13, 'cma:optimizer:0', '"8004954e060000000000008c0a636d6165732e5f636d61948c03434d419493942981947d94288c065f6e5f64696d944b028c085f706f7073697a65944b068c035f6d75944b038c075f6d755f656666948c166e756d70792e5f636f72652e6d756c74696172726179948c067363616c61729493948c056e756d7079948c0564747970659493948c02663894898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624308b753c6a5983a004094869452948c035f636394680b68114308cf08f6cc59fce33f94869452948c035f633194680b68114308f572bcb3fdd0c33f94869452948c045f636d7594680b68114308031b52bcb49fad3f94869452948c085f635f7369676d6194680b681143089886065d9f8edc3f94869452948c085f645f7369676d6194680b68114308a6a141d7a723f73f94869452948c035f636d944b018c065f6368695f6e94473ff411804baabfb48c085f776569676874739468098c0c5f7265636f6e737472756374949394680c8c076e6461727261799493944b0085944301629487945294284b014b06859468118943303d81341aa762e43fed14472b6636d23f67a23f812e11b43f94d816a51c54d2bfe3fe9c65897ae8bf916ebfbfe67ef2bf947494628c085f705f7369676d6194682f68314b008594683387945294284b014b028594681189431077db579d1275fe3fd375ff315a32e83f947494628c035f706394682f68314b008594683387945294284b014b028594681189431033a52c038cf30040454eba0412efea3f947494628c055f6d65616e94682f68314b008594683387945294284b014b028594681189431034c1ade7868fe83f7e7dbf588666e33f947494628c055f635f316494682f68314b008594683387945294284b014b0385946811894318cbc4fa12a845fd3f6a1f424bfbd2d53f6ac2db5f5371ea3f947494628c065f7369676d6194680b681143087591ad5f49efc93f94869452948c025f44944e8c025f42944e8c075f626f756e647394682f68314b008594683387945294284b014b024b02869468118943200000000000000000000000000000f03f0000000000000000000000000000f03f947494628c115f6e5f6d61785f726573616d706c696e67944b148c025f67944b018c095f6c725f616461707494898c065f616c70686194473ff66666666666668c0a5f626574615f6d65616e94473fb999999999999a8c0b5f626574615f5369676d6194473f9eb851eb851eb88c065f67616d6d6194473fb999999999999a8c065f456d65616e94682f68314b008594683387945294284b014b024b018694681189431000000000000000000000000000000000947494628c075f455369676d6194682f68314b008594683387945294284b014b044b0186946811894"');
INSERT INTO public.trial_system_attributes VALUES (22, 13, 'cma:optimizer:1', '"3200000000000000000000000000000000000000000000000000000000000000000947494628c065f566d65616e944700000000000000008c075f565369676d61944700000000000000008c095f6574615f6d65616e94473ff00000000000008c0a5f6574615f5369676d6194473ff00000000000008c055f746f6c7894680b6811430816383daccc74473d94869452948c075f746f6c787570944740c38800000000008c075f746f6c66756e94473d719799812dea118c105f746f6c636f6e646974696f6e636f76944742d6bcc41e9000008c0d5f66756e686973745f7465726d944b148c0f5f66756e686973745f76616c75657394682f68314b008594683387945294284b014b288594681189424001000046a6abc23a56000000000000000000008d9b455a4f77ebbfc2e2d5ba90b5e8bf4300000000000000d06052a13f5600006504000000000000906152a13f5600004300000000000000f06052a13f5600006604000000000000906152a13f5600004300000000000000106152a13f5600006704000000000000906152a13f5600004300000000000000306152a13f5600006b04000000000000906152a13f5600004300000000000000506152a13f5600001800000000000000b0a6f101fc7e000001000000000000000000000000000000060000002500000006000000280000001800000000000000b0a6f101fc7e000001000000000000000000000000000000060000002500000006000000280000006a04000000000000906152a13f5600004300000000000000706152a13f5600006804000000000000900052a13f5600009474946275622e"');
INSERT INTO public.trial_system_attributes VALUES (23, 13, 'cma:generation', '1');
INSERT INTO public.trial_system_attributes VALUES (24, 14, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (25, 14, 'cma:generation', '1');
INSERT INTO public.trial_system_attributes VALUES (26, 15, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (27, 15, 'cma:generation', '1');
INSERT INTO public.trial_system_attributes VALUES (28, 16, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (29, 16, 'cma:generation', '1');
INSERT INTO public.trial_system_attributes VALUES (30, 17, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (31, 18, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (32, 19, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (33, 20, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (34, 21, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (35, 22, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (36, 23, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (37, 24, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (38, 25, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (39, 26, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (40, 27, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (41, 28, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (42, 28, 'tpe:relative_params:0', '"{\"kind\": \"none\", \"x\": 0.008744361180582139, \"kind.a.n\": 1}"');
INSERT INTO public.trial_system_attributes VALUES (43, 29, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (44, 29, 'tpe:relative_params:0', '"{\"kind\": \"none\", \"x\": 0.0008850257878633763, \"kind.a.n\": 1}"');
INSERT INTO public.trial_system_attributes VALUES (45, 30, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (46, 30, 'tpe:relative_params:0', '"{\"kind\": \"none\", \"x\": 0.14965829845700135, \"kind.a.n\": 1}"');
INSERT INTO public.trial_system_attributes VALUES (47, 31, 'fixed_params', '{}');
INSERT INTO public.trial_system_attributes VALUES (48, 31, 'tpe:relative_params:0', '"{\"kind\": \"none\", \"x\": 0.47126697494508496, \"kind.a.n\": 9}"');
INSERT INTO public.trial_system_attributes VALUES (49, 32, 'fixed_params', '{"kind": "none", "x": 0.47126697494508496}');
INSERT INTO public.trial_user_attributes VALUES (2, 1, 'asked_by', '"ffac4e14bd5262ea"');
INSERT INTO public.trial_user_attributes VALUES (1, 1, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (4, 1, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (5, 1, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (6, 1, 'config', '{"x": 0.8704087656336369}');
INSERT INTO public.trial_user_attributes VALUES (11, 1, 'node', '"vm"');
INSERT INTO public.trial_user_attributes VALUES (12, 1, 'device', '"process:31635"');
INSERT INTO public.trial_user_attributes VALUES (13, 1, 'started_at', '"2026-11-25T23:03:28.766473+00:00"');
INSERT INTO public.trial_user_attributes VALUES (109, 4, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (112, 4, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (113, 4, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (114, 4, 'config', '{"x": 0.9340450981352946}');
INSERT INTO public.trial_user_attributes VALUES (119, 4, 'node', '"vm"');
INSERT INTO public.trial_user_attributes VALUES (120, 4, 'device', '"process:31635"');
INSERT INTO public.trial_user_attributes VALUES (121, 4, 'started_at', '"2026-11-25T23:03:32.719158+00:00"');
INSERT INTO public.trial_user_attributes VALUES (7, 1, 'split_hash', '"toy"');
INSERT INTO public.trial_user_attributes VALUES (8, 1, 'folder', '"/srv/tuner"');
INSERT INTO public.trial_user_attributes VALUES (9, 1, 'gpus_seen', 'null');
INSERT INTO public.trial_user_attributes VALUES (10, 1, 'threads', 'null');
INSERT INTO public.trial_user_attributes VALUES (14, 1, 'checkpoint', '"/srv/runs/done-13f01d6f/trial-00000/state.json"');
INSERT INTO public.trial_user_attributes VALUES (15, 1, 'epoch', '4');
INSERT INTO public.trial_user_attributes VALUES (34, 1, 'score', '0.6324692250827912');
INSERT INTO public.trial_user_attributes VALUES (35, 1, 'cost', '0.8704087656336369');
INSERT INTO public.trial_user_attributes VALUES (36, 1, 'seconds', '0.125');
INSERT INTO public.trial_user_attributes VALUES (38, 2, 'asked_by', '"ffac4e14bd5262ea"');
INSERT INTO public.trial_user_attributes VALUES (37, 2, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (40, 2, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (41, 2, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (42, 2, 'config', '{"x": 0.348397602405462}');
INSERT INTO public.trial_user_attributes VALUES (47, 2, 'node', '"vm"');
INSERT INTO public.trial_user_attributes VALUES (48, 2, 'device', '"process:31635"');
INSERT INTO public.trial_user_attributes VALUES (49, 2, 'started_at', '"2026-11-25T23:03:30.219643+00:00"');
INSERT INTO public.trial_user_attributes VALUES (162, 7, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (161, 7, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (164, 7, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (165, 7, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (166, 7, 'config', '{"kind": 0.016953733902803934, "x": 0.24894722704936112}');
INSERT INTO public.trial_user_attributes VALUES (167, 7, 'score', '0.9350565134756723');
INSERT INTO public.trial_user_attributes VALUES (168, 7, 'cost', '0.24894722704936112');
INSERT INTO public.trial_user_attributes VALUES (169, 7, 'reason', '"asha: worse than the best half"');
INSERT INTO public.trial_user_attributes VALUES (171, 8, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (43, 2, 'split_hash', '"toy"');
INSERT INTO public.trial_user_attributes VALUES (44, 2, 'folder', '"/srv/tuner"');
INSERT INTO public.trial_user_attributes VALUES (45, 2, 'gpus_seen', 'null');
INSERT INTO public.trial_user_attributes VALUES (46, 2, 'threads', 'null');
INSERT INTO public.trial_user_attributes VALUES (50, 2, 'checkpoint', '"/srv/runs/done-13f01d6f/trial-00001/state.json"');
INSERT INTO public.trial_user_attributes VALUES (51, 2, 'epoch', '4');
INSERT INTO public.trial_user_attributes VALUES (70, 2, 'score', '0.9353040675763151');
INSERT INTO public.trial_user_attributes VALUES (71, 2, 'cost', '0.348397602405462');
INSERT INTO public.trial_user_attributes VALUES (72, 2, 'seconds', '0.065');
INSERT INTO public.trial_user_attributes VALUES (74, 3, 'asked_by', '"ffac4e14bd5262ea"');
INSERT INTO public.trial_user_attributes VALUES (73, 3, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (76, 3, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (77, 3, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (78, 3, 'config', '{"x": 0.04784819461498768}');
INSERT INTO public.trial_user_attributes VALUES (83, 3, 'node', '"vm"');
INSERT INTO public.trial_user_attributes VALUES (84, 3, 'device', '"process:31635"');
INSERT INTO public.trial_user_attributes VALUES (85, 3, 'started_at', '"2026-11-25T23:03:31.539657+00:00"');
INSERT INTO public.trial_user_attributes VALUES (170, 8, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (115, 4, 'split_hash', '"toy"');
INSERT INTO public.trial_user_attributes VALUES (116, 4, 'folder', '"/srv/tuner"');
INSERT INTO public.trial_user_attributes VALUES (117, 4, 'gpus_seen', 'null');
INSERT INTO public.trial_user_attributes VALUES (118, 4, 'threads', 'null');
INSERT INTO public.trial_user_attributes VALUES (122, 4, 'checkpoint', '"/srv/runs/done-13f01d6f/trial-00003/state.json"');
INSERT INTO public.trial_user_attributes VALUES (123, 4, 'epoch', '4');
INSERT INTO public.trial_user_attributes VALUES (142, 4, 'score', '0.560612637684942');
INSERT INTO public.trial_user_attributes VALUES (143, 4, 'cost', '0.9340450981352946');
INSERT INTO public.trial_user_attributes VALUES (144, 4, 'seconds', '0.028');
INSERT INTO public.trial_user_attributes VALUES (146, 5, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (79, 3, 'split_hash', '"toy"');
INSERT INTO public.trial_user_attributes VALUES (80, 3, 'folder', '"/srv/tuner"');
INSERT INTO public.trial_user_attributes VALUES (81, 3, 'gpus_seen', 'null');
INSERT INTO public.trial_user_attributes VALUES (82, 3, 'threads', 'null');
INSERT INTO public.trial_user_attributes VALUES (86, 3, 'checkpoint', '"/srv/runs/done-13f01d6f/trial-00002/state.json"');
INSERT INTO public.trial_user_attributes VALUES (87, 3, 'epoch', '4');
INSERT INTO public.trial_user_attributes VALUES (106, 3, 'score', '0.8778932503510115');
INSERT INTO public.trial_user_attributes VALUES (107, 3, 'cost', '0.04784819461498768');
INSERT INTO public.trial_user_attributes VALUES (108, 3, 'seconds', '0.162');
INSERT INTO public.trial_user_attributes VALUES (110, 4, 'asked_by', '"ffac4e14bd5262ea"');
INSERT INTO public.trial_user_attributes VALUES (145, 5, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (148, 5, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (149, 5, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (150, 5, 'config', '{"kind": 0.3953960235118728, "x": 0.8815934112828561}');
INSERT INTO public.trial_user_attributes VALUES (151, 5, 'score', '0.6203897849553475');
INSERT INTO public.trial_user_attributes VALUES (152, 5, 'cost', '0.8815934112828561');
INSERT INTO public.trial_user_attributes VALUES (154, 6, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (153, 6, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (156, 6, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (157, 6, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (158, 6, 'config', '{"kind": 0.008845553073859607, "x": 0.649216656532595}');
INSERT INTO public.trial_user_attributes VALUES (159, 6, 'score', '0.8231697438751834');
INSERT INTO public.trial_user_attributes VALUES (160, 6, 'cost', '0.649216656532595');
INSERT INTO public.trial_user_attributes VALUES (173, 8, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (174, 8, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (175, 8, 'config', '{"kind": 0.030221784432147892, "x": 0.7199508045835809}');
INSERT INTO public.trial_user_attributes VALUES (176, 8, 'score', '0.7721637391215028');
INSERT INTO public.trial_user_attributes VALUES (177, 8, 'cost', '0.7199508045835809');
INSERT INTO public.trial_user_attributes VALUES (179, 9, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (178, 9, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (181, 9, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (182, 9, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (183, 9, 'config', '{"kind": 0.02087944941109989, "x": 0.6803533457743057}');
INSERT INTO public.trial_user_attributes VALUES (184, 9, 'score', '0.8018731240858982');
INSERT INTO public.trial_user_attributes VALUES (185, 9, 'cost', '0.6803533457743057');
INSERT INTO public.trial_user_attributes VALUES (187, 10, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (186, 10, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (189, 10, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (190, 10, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (191, 10, 'config', '{"kind": 0.6189140722972692, "x": 0.5906283666494174}');
INSERT INTO public.trial_user_attributes VALUES (192, 10, 'score', '0.8583142054675236');
INSERT INTO public.trial_user_attributes VALUES (193, 10, 'cost', '0.5906283666494174');
INSERT INTO public.trial_user_attributes VALUES (195, 11, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (194, 11, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (197, 11, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (198, 11, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (199, 11, 'config', '{"kind": 0.03812419098388937, "x": 0.6294388048652669}');
INSERT INTO public.trial_user_attributes VALUES (200, 11, 'score', '0.8357531942333856');
INSERT INTO public.trial_user_attributes VALUES (201, 11, 'cost', '0.6294388048652669');
INSERT INTO public.trial_user_attributes VALUES (203, 12, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (202, 12, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (205, 12, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (206, 12, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (207, 12, 'config', '{"kind": 0.1904240250812506, "x": 0.6650464957559972}');
INSERT INTO public.trial_user_attributes VALUES (208, 12, 'score', '0.8125697399402501');
INSERT INTO public.trial_user_attributes VALUES (209, 12, 'cost', '0.6650464957559972');
INSERT INTO public.trial_user_attributes VALUES (211, 13, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (210, 13, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (213, 13, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (214, 13, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (215, 13, 'config', '{"kind": 0.4140381885066656, "x": 0.7670643079533399}');
INSERT INTO public.trial_user_attributes VALUES (216, 13, 'score', '0.7329852489713133');
INSERT INTO public.trial_user_attributes VALUES (217, 13, 'cost', '0.7670643079533399');
INSERT INTO public.trial_user_attributes VALUES (219, 14, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (218, 14, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (221, 14, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (222, 14, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (223, 14, 'config', '{"kind": 0.23521208317104206, "x": 0.5199708355474776}');
INSERT INTO public.trial_user_attributes VALUES (224, 14, 'score', '0.8921370295392606');
INSERT INTO public.trial_user_attributes VALUES (225, 14, 'cost', '0.5199708355474776');
INSERT INTO public.trial_user_attributes VALUES (226, 14, 'reason', '"asha: worse than the best half"');
INSERT INTO public.trial_user_attributes VALUES (228, 15, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (227, 15, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (230, 15, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (231, 15, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (232, 15, 'config', '{"kind": 0.05798642132744297, "x": 0.7877074973572844}');
INSERT INTO public.trial_user_attributes VALUES (233, 15, 'score', '0.714507559707651');
INSERT INTO public.trial_user_attributes VALUES (234, 15, 'cost', '0.7877074973572844');
INSERT INTO public.trial_user_attributes VALUES (236, 16, 'asked_by', '"adf50f49ba7c01f3"');
INSERT INTO public.trial_user_attributes VALUES (235, 16, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (238, 16, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (239, 16, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (240, 16, 'config', '{"kind": 0.951053638290161, "x": 0.846312634266867}');
INSERT INTO public.trial_user_attributes VALUES (241, 16, 'score', '0.6576960990378717');
INSERT INTO public.trial_user_attributes VALUES (242, 16, 'cost', '0.846312634266867');
INSERT INTO public.trial_user_attributes VALUES (244, 17, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (243, 17, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (246, 17, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (247, 17, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (248, 17, 'config', '{"kind": null, "x": 0.8645998230644119}');
INSERT INTO public.trial_user_attributes VALUES (249, 17, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (250, 17, 'score', '0.6386503498084076');
INSERT INTO public.trial_user_attributes VALUES (251, 17, 'cost', '0.8645998230644119');
INSERT INTO public.trial_user_attributes VALUES (253, 18, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (252, 18, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (255, 18, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (256, 18, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (257, 18, 'config', '{"kind": {"n": 6, "name": "a"}, "x": 0.8552924829802623}');
INSERT INTO public.trial_user_attributes VALUES (258, 18, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (259, 18, 'score', '0.6484221171990141');
INSERT INTO public.trial_user_attributes VALUES (260, 18, 'cost', '0.8552924829802623');
INSERT INTO public.trial_user_attributes VALUES (262, 19, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (261, 19, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (264, 19, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (265, 19, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (266, 19, 'config', '{"kind": {"n": 9, "name": "a"}, "x": 0.6332787467801626}');
INSERT INTO public.trial_user_attributes VALUES (267, 19, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (268, 19, 'score', '0.8333674471356041');
INSERT INTO public.trial_user_attributes VALUES (269, 19, 'cost', '0.6332787467801626');
INSERT INTO public.trial_user_attributes VALUES (271, 20, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (270, 20, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (273, 20, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (274, 20, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (275, 20, 'config', '{"kind": null, "x": 0.34102778386157373}');
INSERT INTO public.trial_user_attributes VALUES (276, 20, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (277, 20, 'score', '0.935921925891945');
INSERT INTO public.trial_user_attributes VALUES (278, 20, 'cost', '0.34102778386157373');
INSERT INTO public.trial_user_attributes VALUES (279, 20, 'reason', '"asha: worse than the best half"');
INSERT INTO public.trial_user_attributes VALUES (281, 21, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (280, 21, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (283, 21, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (284, 21, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (285, 21, 'config', '{"kind": null, "x": 0.7660713310976274}');
INSERT INTO public.trial_user_attributes VALUES (286, 21, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (287, 21, 'score', '0.7338539196833304');
INSERT INTO public.trial_user_attributes VALUES (288, 21, 'cost', '0.7660713310976274');
INSERT INTO public.trial_user_attributes VALUES (290, 22, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (289, 22, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (292, 22, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (293, 22, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (294, 22, 'config', '{"kind": {"n": 8, "name": "a"}, "x": 0.10778899426597821}');
INSERT INTO public.trial_user_attributes VALUES (295, 22, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (296, 22, 'reason', '"ValueError: no"');
INSERT INTO public.trial_user_attributes VALUES (297, 22, 'traceback', '"Traceback (most recent call last):\n  in train\nValueError: no"');
INSERT INTO public.trial_user_attributes VALUES (299, 23, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (298, 23, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (301, 23, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (302, 23, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (303, 23, 'config', '{"kind": null, "x": 0.2984613686389239}');
INSERT INTO public.trial_user_attributes VALUES (304, 23, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (305, 23, 'score', '0.9374977805751887');
INSERT INTO public.trial_user_attributes VALUES (306, 23, 'cost', '0.2984613686389239');
INSERT INTO public.trial_user_attributes VALUES (308, 24, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (307, 24, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (310, 24, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (311, 24, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (312, 24, 'config', '{"kind": {"n": 5, "name": "a"}, "x": 0.8894233197891914}');
INSERT INTO public.trial_user_attributes VALUES (313, 24, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (314, 24, 'score', '0.6117938907081456');
INSERT INTO public.trial_user_attributes VALUES (315, 24, 'cost', '0.8894233197891914');
INSERT INTO public.trial_user_attributes VALUES (317, 25, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (316, 25, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (319, 25, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (320, 25, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (321, 25, 'config', '{"kind": {"n": 6, "name": "a"}, "x": 0.35471204954371705}');
INSERT INTO public.trial_user_attributes VALUES (322, 25, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (323, 25, 'score', '0.9346936796575555');
INSERT INTO public.trial_user_attributes VALUES (324, 25, 'cost', '0.35471204954371705');
INSERT INTO public.trial_user_attributes VALUES (326, 26, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (325, 26, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (328, 26, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (329, 26, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (330, 26, 'config', '{"kind": {"n": 1, "name": "a"}, "x": 0.6644486675552371}');
INSERT INTO public.trial_user_attributes VALUES (331, 26, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (332, 26, 'score', '0.8129785956723865');
INSERT INTO public.trial_user_attributes VALUES (333, 26, 'cost', '0.6644486675552371');
INSERT INTO public.trial_user_attributes VALUES (335, 27, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (334, 27, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (337, 27, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (338, 27, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (339, 27, 'config', '{"kind": {"n": 6, "name": "a"}, "x": 0.7856030467469428}');
INSERT INTO public.trial_user_attributes VALUES (340, 27, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (341, 27, 'score', '0.7164278259282061');
INSERT INTO public.trial_user_attributes VALUES (342, 27, 'cost', '0.7856030467469428');
INSERT INTO public.trial_user_attributes VALUES (344, 28, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (343, 28, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (346, 28, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (347, 28, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (348, 28, 'config', '{"kind": null, "x": 0.008744361180582139}');
INSERT INTO public.trial_user_attributes VALUES (349, 28, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (350, 28, 'score', '0.8579720183023996');
INSERT INTO public.trial_user_attributes VALUES (351, 28, 'cost', '0.008744361180582139');
INSERT INTO public.trial_user_attributes VALUES (353, 29, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (352, 29, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (355, 29, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (356, 29, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (357, 29, 'config', '{"kind": null, "x": 0.0008850257878633763}');
INSERT INTO public.trial_user_attributes VALUES (358, 29, 'device', '"cpu"');
INSERT INTO public.trial_user_attributes VALUES (359, 29, 'score', '0.8536220926894433');
INSERT INTO public.trial_user_attributes VALUES (360, 29, 'cost', '0.0008850257878633763');
INSERT INTO public.trial_user_attributes VALUES (362, 30, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (361, 30, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (364, 30, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (365, 30, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (366, 30, 'config', '{"kind": null, "x": 0.14965829845700135}');
INSERT INTO public.trial_user_attributes VALUES (368, 31, 'asked_by', '"b031d672af49d7d8"');
INSERT INTO public.trial_user_attributes VALUES (367, 31, 'attempt', '1');
INSERT INTO public.trial_user_attributes VALUES (370, 31, 'versions', '{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO public.trial_user_attributes VALUES (371, 31, 'git_commit', '"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO public.trial_user_attributes VALUES (372, 31, 'config', '{"kind": null, "x": 0.47126697494508496}');
INSERT INTO public.trial_user_attributes VALUES (373, 32, 'follows', '14');
INSERT INTO public.trial_user_attributes VALUES (374, 32, 'retry_of', '14');
INSERT INTO public.trial_user_attributes VALUES (375, 32, 'attempt', '2');
INSERT INTO public.trial_user_attributes VALUES (376, 31, 'reason', '"its worker was lost"');
INSERT INTO public.trial_values VALUES (1, 1, 0, 0.6324692250827912, 'FINITE');
INSERT INTO public.trial_values VALUES (2, 1, 1, 0.8704087656336369, 'FINITE');
INSERT INTO public.trial_values VALUES (3, 2, 0, 0.9353040675763151, 'FINITE');
INSERT INTO public.trial_values VALUES (4, 2, 1, 0.348397602405462, 'FINITE');
INSERT INTO public.trial_values VALUES (5, 3, 0, 0.8778932503510115, 'FINITE');
INSERT INTO public.trial_values VALUES (6, 3, 1, 0.04784819461498768, 'FINITE');
INSERT INTO public.trial_values VALUES (7, 4, 0, 0.560612637684942, 'FINITE');
INSERT INTO public.trial_values VALUES (8, 4, 1, 0.9340450981352946, 'FINITE');
INSERT INTO public.trial_values VALUES (9, 5, 0, 0.6203897849553475, 'FINITE');
INSERT INTO public.trial_values VALUES (10, 6, 0, 0.8231697438751834, 'FINITE');
INSERT INTO public.trial_values VALUES (11, 7, 0, 0.9350565134756723, 'FINITE');
INSERT INTO public.trial_values VALUES (12, 8, 0, 0.7721637391215028, 'FINITE');
INSERT INTO public.trial_values VALUES (13, 9, 0, 0.8018731240858982, 'FINITE');
INSERT INTO public.trial_values VALUES (14, 10, 0, 0.8583142054675236, 'FINITE');
INSERT INTO public.trial_values VALUES (15, 11, 0, 0.8357531942333856, 'FINITE');
INSERT INTO public.trial_values VALUES (16, 12, 0, 0.8125697399402501, 'FINITE');
INSERT INTO public.trial_values VALUES (17, 13, 0, 0.7329852489713133, 'FINITE');
INSERT INTO public.trial_values VALUES (18, 14, 0, 0.8921370295392606, 'FINITE');
INSERT INTO public.trial_values VALUES (19, 15, 0, 0.714507559707651, 'FINITE');
INSERT INTO public.trial_values VALUES (20, 16, 0, 0.6576960990378717, 'FINITE');
INSERT INTO public.trial_values VALUES (21, 17, 0, 0.6386503498084076, 'FINITE');
INSERT INTO public.trial_values VALUES (22, 17, 1, 0.8645998230644119, 'FINITE');
INSERT INTO public.trial_values VALUES (23, 18, 0, 0.6484221171990141, 'FINITE');
INSERT INTO public.trial_values VALUES (24, 18, 1, 0.8552924829802623, 'FINITE');
INSERT INTO public.trial_values VALUES (25, 19, 0, 0.8333674471356041, 'FINITE');
INSERT INTO public.trial_values VALUES (26, 19, 1, 0.6332787467801626, 'FINITE');
INSERT INTO public.trial_values VALUES (27, 21, 0, 0.7338539196833304, 'FINITE');
INSERT INTO public.trial_values VALUES (28, 21, 1, 0.7660713310976274, 'FINITE');
INSERT INTO public.trial_values VALUES (29, 23, 0, 0.9374977805751887, 'FINITE');
INSERT INTO public.trial_values VALUES (30, 23, 1, 0.2984613686389239, 'FINITE');
INSERT INTO public.trial_values VALUES (31, 24, 0, 0.6117938907081456, 'FINITE');
INSERT INTO public.trial_values VALUES (32, 24, 1, 0.8894233197891914, 'FINITE');
INSERT INTO public.trial_values VALUES (33, 25, 0, 0.9346936796575555, 'FINITE');
INSERT INTO public.trial_values VALUES (34, 25, 1, 0.35471204954371705, 'FINITE');
INSERT INTO public.trial_values VALUES (35, 26, 0, 0.8129785956723865, 'FINITE');
INSERT INTO public.trial_values VALUES (36, 26, 1, 0.6644486675552371, 'FINITE');
INSERT INTO public.trial_values VALUES (37, 27, 0, 0.7164278259282061, 'FINITE');
INSERT INTO public.trial_values VALUES (38, 27, 1, 0.7856030467469428, 'FINITE');
INSERT INTO public.trial_values VALUES (39, 28, 0, 0.8579720183023996, 'FINITE');
INSERT INTO public.trial_values VALUES (40, 28, 1, 0.008744361180582139, 'FINITE');
INSERT INTO public.trial_values VALUES (41, 29, 0, 0.8536220926894433, 'FINITE');
INSERT INTO public.trial_values VALUES (42, 29, 1, 0.0008850257878633763, 'FINITE');
INSERT INTO public.trials VALUES (30, 13, 3, 'RUNNING', '2026-11-25 23:04:15.409037', NULL);
INSERT INTO public.trials VALUES (1, 0, 1, 'COMPLETE', '2026-11-25 23:03:28.766473', '2026-11-25 23:03:28.891473');
INSERT INTO public.trials VALUES (2, 1, 1, 'COMPLETE', '2026-11-25 23:03:30.219643', '2026-11-25 23:03:30.284643');
INSERT INTO public.trials VALUES (32, 15, 3, 'WAITING', NULL, NULL);
INSERT INTO public.trials VALUES (31, 14, 3, 'FAIL', '2026-11-25 23:04:17.350683', '2026-11-25 23:04:19.231567');
INSERT INTO public.trials VALUES (3, 2, 1, 'COMPLETE', '2026-11-25 23:03:31.539657', '2026-11-25 23:03:31.701657');
INSERT INTO public.trials VALUES (4, 3, 1, 'COMPLETE', '2026-11-25 23:03:32.719158', '2026-11-25 23:03:32.747158');
INSERT INTO public.trials VALUES (5, 0, 2, 'COMPLETE', '2026-11-25 23:03:35.313494', '2026-11-25 23:03:36.001205');
INSERT INTO public.trials VALUES (6, 1, 2, 'COMPLETE', '2026-11-25 23:03:36.27745', '2026-11-25 23:03:42.220648');
INSERT INTO public.trials VALUES (7, 2, 2, 'PRUNED', '2026-11-25 23:03:42.876074', '2026-11-25 23:03:43.780747');
INSERT INTO public.trials VALUES (8, 3, 2, 'COMPLETE', '2026-11-25 23:03:44.45683', '2026-11-25 23:03:44.956239');
INSERT INTO public.trials VALUES (9, 4, 2, 'COMPLETE', '2026-11-25 23:03:45.385369', '2026-11-25 23:03:46.008787');
INSERT INTO public.trials VALUES (10, 5, 2, 'COMPLETE', '2026-11-25 23:03:46.55894', '2026-11-25 23:03:47.307626');
INSERT INTO public.trials VALUES (11, 6, 2, 'COMPLETE', '2026-11-25 23:03:47.894161', '2026-11-25 23:03:48.616581');
INSERT INTO public.trials VALUES (12, 7, 2, 'COMPLETE', '2026-11-25 23:03:49.006937', '2026-11-25 23:03:49.57487');
INSERT INTO public.trials VALUES (13, 8, 2, 'COMPLETE', '2026-11-25 23:03:50.032224', '2026-11-25 23:03:50.548718');
INSERT INTO public.trials VALUES (14, 9, 2, 'PRUNED', '2026-11-25 23:03:50.885269', '2026-11-25 23:03:51.324609');
INSERT INTO public.trials VALUES (15, 10, 2, 'COMPLETE', '2026-11-25 23:03:51.707128', '2026-11-25 23:03:52.148759');
INSERT INTO public.trials VALUES (16, 11, 2, 'COMPLETE', '2026-11-25 23:03:52.297482', '2026-11-25 23:03:52.846051');
INSERT INTO public.trials VALUES (17, 0, 3, 'COMPLETE', '2026-11-25 23:03:55.265031', '2026-11-25 23:03:55.915949');
INSERT INTO public.trials VALUES (18, 1, 3, 'COMPLETE', '2026-11-25 23:03:56.620883', '2026-11-25 23:03:57.423731');
INSERT INTO public.trials VALUES (19, 2, 3, 'COMPLETE', '2026-11-25 23:03:58.093302', '2026-11-25 23:03:58.677497');
INSERT INTO public.trials VALUES (20, 3, 3, 'PRUNED', '2026-11-25 23:03:59.077077', '2026-11-25 23:03:59.463848');
INSERT INTO public.trials VALUES (21, 4, 3, 'COMPLETE', '2026-11-25 23:04:00.124625', '2026-11-25 23:04:00.656995');
INSERT INTO public.trials VALUES (22, 5, 3, 'FAIL', '2026-11-25 23:04:01.3539', '2026-11-25 23:04:01.947138');
INSERT INTO public.trials VALUES (23, 6, 3, 'COMPLETE', '2026-11-25 23:04:02.568995', '2026-11-25 23:04:03.036812');
INSERT INTO public.trials VALUES (24, 7, 3, 'COMPLETE', '2026-11-25 23:04:03.749748', '2026-11-25 23:04:04.360797');
INSERT INTO public.trials VALUES (25, 8, 3, 'COMPLETE', '2026-11-25 23:04:04.912111', '2026-11-25 23:04:05.803923');
INSERT INTO public.trials VALUES (26, 9, 3, 'COMPLETE', '2026-11-25 23:04:06.663222', '2026-11-25 23:04:07.820684');
INSERT INTO public.trials VALUES (27, 10, 3, 'COMPLETE', '2026-11-25 23:04:08.908759', '2026-11-25 23:04:09.987475');
INSERT INTO public.trials VALUES (28, 11, 3, 'COMPLETE', '2026-11-25 23:04:10.832692', '2026-11-25 23:04:12.269987');
INSERT INTO public.trials VALUES (29, 12, 3, 'COMPLETE', '2026-11-25 23:04:13.080739', '2026-11-25 23:04:14.514277');
INSERT INTO public.tuner_reports VALUES (1, 1, '{"score": 0.3373169200441553, "cost": 0.8704087656336369}', '2026-11-25 23:03:28.816995+00');
INSERT INTO public.tuner_reports VALUES (1, 2, '{"score": 0.505975380066233, "cost": 0.8704087656336369}', '2026-11-25 23:03:28.935585+00');
INSERT INTO public.tuner_reports VALUES (1, 3, '{"score": 0.5903046100772718, "cost": 0.8704087656336369}', '2026-11-25 23:03:29.045857+00');
INSERT INTO public.tuner_reports VALUES (1, 4, '{"score": 0.6324692250827912, "cost": 0.8704087656336369}', '2026-11-25 23:03:29.077887+00');
INSERT INTO public.tuner_reports VALUES (2, 1, '{"score": 0.4988288360407014, "cost": 0.348397602405462}', '2026-11-25 23:03:30.260041+00');
INSERT INTO public.tuner_reports VALUES (2, 2, '{"score": 0.7482432540610521, "cost": 0.348397602405462}', '2026-11-25 23:03:30.35042+00');
INSERT INTO public.tuner_reports VALUES (2, 3, '{"score": 0.8729504630712275, "cost": 0.348397602405462}', '2026-11-25 23:03:30.431306+00');
INSERT INTO public.tuner_reports VALUES (2, 4, '{"score": 0.9353040675763151, "cost": 0.348397602405462}', '2026-11-25 23:03:30.491181+00');
INSERT INTO public.tuner_reports VALUES (3, 1, '{"score": 0.46820973352053946, "cost": 0.04784819461498768}', '2026-11-25 23:03:31.569156+00');
INSERT INTO public.tuner_reports VALUES (3, 2, '{"score": 0.7023146002808092, "cost": 0.04784819461498768}', '2026-11-25 23:03:31.76968+00');
INSERT INTO public.tuner_reports VALUES (3, 3, '{"score": 0.8193670336609441, "cost": 0.04784819461498768}', '2026-11-25 23:03:31.823497+00');
INSERT INTO public.tuner_reports VALUES (3, 4, '{"score": 0.8778932503510115, "cost": 0.04784819461498768}', '2026-11-25 23:03:31.894574+00');
INSERT INTO public.tuner_reports VALUES (4, 1, '{"score": 0.2989934067653024, "cost": 0.9340450981352946}', '2026-11-25 23:03:32.756545+00');
INSERT INTO public.tuner_reports VALUES (4, 2, '{"score": 0.4484901101479536, "cost": 0.9340450981352946}', '2026-11-25 23:03:32.837053+00');
INSERT INTO public.tuner_reports VALUES (4, 3, '{"score": 0.5232384618392791, "cost": 0.9340450981352946}', '2026-11-25 23:03:32.924611+00');
INSERT INTO public.tuner_reports VALUES (4, 4, '{"score": 0.560612637684942, "cost": 0.9340450981352946}', '2026-11-25 23:03:32.972472+00');
INSERT INTO public.tuner_reports VALUES (5, 1, '{"score": 0.6203897849553475, "cost": 0.8815934112828561}', '2026-11-25 23:03:35.701017+00');
INSERT INTO public.tuner_reports VALUES (6, 1, '{"score": 0.8231697438751834, "cost": 0.649216656532595}', '2026-11-25 23:03:42.039474+00');
INSERT INTO public.tuner_reports VALUES (7, 1, '{"score": 0.9350565134756723, "cost": 0.24894722704936112}', '2026-11-25 23:03:43.521892+00');
INSERT INTO public.tuner_reports VALUES (8, 1, '{"score": 0.7721637391215028, "cost": 0.7199508045835809}', '2026-11-25 23:03:44.79768+00');
INSERT INTO public.tuner_reports VALUES (9, 1, '{"score": 0.8018731240858982, "cost": 0.6803533457743057}', '2026-11-25 23:03:45.799868+00');
INSERT INTO public.tuner_reports VALUES (10, 1, '{"score": 0.8583142054675236, "cost": 0.5906283666494174}', '2026-11-25 23:03:47.085115+00');
INSERT INTO public.tuner_reports VALUES (11, 1, '{"score": 0.8357531942333856, "cost": 0.6294388048652669}', '2026-11-25 23:03:48.405306+00');
INSERT INTO public.tuner_reports VALUES (12, 1, '{"score": 0.8125697399402501, "cost": 0.6650464957559972}', '2026-11-25 23:03:49.392598+00');
INSERT INTO public.tuner_reports VALUES (13, 1, '{"score": 0.7329852489713133, "cost": 0.7670643079533399}', '2026-11-25 23:03:50.45288+00');
INSERT INTO public.tuner_reports VALUES (14, 1, '{"score": 0.8921370295392606, "cost": 0.5199708355474776}', '2026-11-25 23:03:51.20449+00');
INSERT INTO public.tuner_reports VALUES (15, 1, '{"score": 0.714507559707651, "cost": 0.7877074973572844}', '2026-11-25 23:03:52.034313+00');
INSERT INTO public.tuner_reports VALUES (16, 1, '{"score": 0.6576960990378717, "cost": 0.846312634266867}', '2026-11-25 23:03:52.568576+00');
INSERT INTO public.tuner_reports VALUES (17, 1, '{"score": 0.6386503498084076, "cost": 0.8645998230644119}', '2026-11-25 23:03:55.684535+00');
INSERT INTO public.tuner_reports VALUES (18, 1, '{"score": 0.6484221171990141, "cost": 0.8552924829802623}', '2026-11-25 23:03:57.18546+00');
INSERT INTO public.tuner_reports VALUES (19, 1, '{"score": 0.8333674471356041, "cost": 0.6332787467801626}', '2026-11-25 23:03:58.528554+00');
INSERT INTO public.tuner_reports VALUES (20, 1, '{"score": 0.935921925891945, "cost": 0.34102778386157373}', '2026-11-25 23:03:59.288418+00');
INSERT INTO public.tuner_reports VALUES (21, 1, '{"score": 0.7338539196833304, "cost": 0.7660713310976274}', '2026-11-25 23:04:00.45654+00');
INSERT INTO public.tuner_reports VALUES (22, 1, '{"score": 0.9028639961950461, "cost": 0.10778899426597821}', '2026-11-25 23:04:01.791568+00');
INSERT INTO public.tuner_reports VALUES (23, 1, '{"score": 0.9374977805751887, "cost": 0.2984613686389239}', '2026-11-25 23:04:02.839612+00');
INSERT INTO public.tuner_reports VALUES (24, 1, '{"score": 0.6117938907081456, "cost": 0.8894233197891914}', '2026-11-25 23:04:04.151568+00');
INSERT INTO public.tuner_reports VALUES (25, 1, '{"score": 0.9346936796575555, "cost": 0.35471204954371705}', '2026-11-25 23:04:05.45257+00');
INSERT INTO public.tuner_reports VALUES (26, 1, '{"score": 0.8129785956723865, "cost": 0.6644486675552371}', '2026-11-25 23:04:07.52818+00');
INSERT INTO public.tuner_reports VALUES (27, 1, '{"score": 0.7164278259282061, "cost": 0.7856030467469428}', '2026-11-25 23:04:09.716556+00');
INSERT INTO public.tuner_reports VALUES (28, 1, '{"score": 0.8579720183023996, "cost": 0.008744361180582139}', '2026-11-25 23:04:11.970126+00');
INSERT INTO public.tuner_reports VALUES (29, 1, '{"score": 0.8536220926894433, "cost": 0.0008850257878633763}', '2026-11-25 23:04:14.024483+00');
INSERT INTO public.tuner_reports VALUES (30, 1, '{"score": 0.9163100369785836, "cost": 0.14965829845700135}', '2026-11-25 23:04:18.629968+00');
INSERT INTO public.version_info VALUES (1, 12, '5.0.0');
SELECT pg_catalog.setval('public.studies_study_id_seq', 3, true);
SELECT pg_catalog.setval('public.study_directions_study_direction_id_seq', 5, true);
SELECT pg_catalog.setval('public.study_system_attributes_study_system_attribute_id_seq', 3, true);
SELECT pg_catalog.setval('public.study_user_attributes_study_user_attribute_id_seq', 15, true);
SELECT pg_catalog.setval('public.trial_heartbeats_trial_heartbeat_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_intermediate_values_trial_intermediate_value_id_seq', 12, true);
SELECT pg_catalog.setval('public.trial_params_param_id_seq', 65, true);
SELECT pg_catalog.setval('public.trial_system_attributes_trial_system_attribute_id_seq', 49, true);
SELECT pg_catalog.setval('public.trial_user_attributes_trial_user_attribute_id_seq', 376, true);
SELECT pg_catalog.setval('public.trial_values_trial_value_id_seq', 42, true);
SELECT pg_catalog.setval('public.trials_trial_id_seq', 32, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.studies
    ADD CONSTRAINT studies_pkey PRIMARY KEY (study_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_pkey PRIMARY KEY (study_direction_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_study_id_objective_key UNIQUE (study_id, objective);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_pkey PRIMARY KEY (study_system_attribute_id);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_study_id_key_key UNIQUE (study_id, key);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_pkey PRIMARY KEY (study_user_attribute_id);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_study_id_key_key UNIQUE (study_id, key);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_pkey PRIMARY KEY (trial_heartbeat_id);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_trial_id_key UNIQUE (trial_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_pkey PRIMARY KEY (trial_intermediate_value_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_trial_id_step_key UNIQUE (trial_id, step);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_pkey PRIMARY KEY (param_id);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_trial_id_param_name_key UNIQUE (trial_id, param_name);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_pkey PRIMARY KEY (trial_system_attribute_id);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_trial_id_key_key UNIQUE (trial_id, key);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_pkey PRIMARY KEY (trial_user_attribute_id);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_trial_id_key_key UNIQUE (trial_id, key);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_pkey PRIMARY KEY (trial_value_id);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_trial_id_objective_key UNIQUE (trial_id, objective);
ALTER TABLE ONLY public.trials
    ADD CONSTRAINT trials_pkey PRIMARY KEY (trial_id);
ALTER TABLE ONLY public.tuner_reports
    ADD CONSTRAINT tuner_reports_pkey PRIMARY KEY (trial_id, epoch);
ALTER TABLE ONLY public.version_info
    ADD CONSTRAINT version_info_pkey PRIMARY KEY (version_info_id);
CREATE UNIQUE INDEX ix_studies_study_name ON public.studies USING btree (study_name);
CREATE INDEX ix_trials_study_id ON public.trials USING btree (study_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trials
    ADD CONSTRAINT trials_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
