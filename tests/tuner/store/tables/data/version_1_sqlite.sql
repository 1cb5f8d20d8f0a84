BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'done');
INSERT INTO "studies" VALUES(2,'single');
INSERT INTO "studies" VALUES(3,'interrupted');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',1,1);
INSERT INTO "study_directions" VALUES(3,'MAXIMIZE',2,0);
INSERT INTO "study_directions" VALUES(4,'MAXIMIZE',3,0);
INSERT INTO "study_directions" VALUES(5,'MINIMIZE',3,1);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_system_attributes" VALUES(1,1,'study:metric_names','["score", "cost"]');
INSERT INTO "study_system_attributes" VALUES(2,2,'study:metric_names','["score"]');
INSERT INTO "study_system_attributes" VALUES(3,3,'study:metric_names','["score", "cost"]');
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'identity','"a530f341"');
INSERT INTO "study_user_attributes" VALUES(2,1,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "study_user_attributes" VALUES(3,1,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "study_user_attributes" VALUES(4,1,'config','{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 4}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}, {"direction": "minimize", "metric": "cost"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "tpe", "seed": 0}, "study": "done", "train": {"x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO "study_user_attributes" VALUES(5,1,'driver','"process 24840 on node-1 since 2026-11-25T23:02:06+00:00"');
INSERT INTO "study_user_attributes" VALUES(6,2,'identity','"7171797d"');
INSERT INTO "study_user_attributes" VALUES(7,2,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "study_user_attributes" VALUES(8,2,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "study_user_attributes" VALUES(9,2,'config','{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 16}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "cmaes", "seed": 3}, "study": "single", "train": {"kind": {"high": 1.0, "log": true, "low": 0.001, "search": "float"}, "x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO "study_user_attributes" VALUES(10,2,'driver','"process 24840 on node-1 since 2026-11-25T23:02:08+00:00"');
INSERT INTO "study_user_attributes" VALUES(11,3,'identity','"8cfb7ad3"');
INSERT INTO "study_user_attributes" VALUES(12,3,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "study_user_attributes" VALUES(13,3,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "study_user_attributes" VALUES(14,3,'config','{"budget": {"epochs": 4, "failures": 10, "failures_in_a_row": null, "grace_epochs": 1, "hours": null, "stall_minutes": null, "stop_grace_seconds": 30.0, "trial_hours": null, "trials": 18}, "early_stopping": {"name": "none"}, "objectives": [{"direction": "maximize", "metric": "score"}, {"direction": "minimize", "metric": "cost"}], "resources": {"cpus": 1.0, "gpus": "auto"}, "sampler": {"name": "tpe", "seed": 0}, "study": "interrupted", "train": {"kind": {"options": [null, {"n": {"high": 9, "low": 1, "search": "int"}, "name": "a"}], "search": "one_of"}, "x": {"high": 1.0, "low": 0.0, "search": "float"}}, "trainable": null}');
INSERT INTO "study_user_attributes" VALUES(15,3,'driver','"process 24840 on node-1 since 2026-11-25T23:02:17+00:00"');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,5,1,6.20389784955347467487e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,6,1,8.23169743875183379522e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,7,1,9.35056513475672312907e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,8,1,7.72163739121502823437e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,9,1,8.01873124085898170143e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,10,1,8.58314205467523572146e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,11,1,8.35753194233385565681e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,12,1,8.12569739940250057586e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,13,1,7.32985248971313341215e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,14,1,8.92137029539260550947e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,15,1,0.714507559707651,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,16,1,6.57696099037871739767e-01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'x',8.70408765633636893888e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(2,2,'x',0.348397602405462,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(3,3,'x',4.78481946149876824492e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(4,4,'x',9.34045098135294571406e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(5,5,'kind',3.95396023511872807265e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(6,5,'x',8.81593411282856065369e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(7,6,'kind',8.84555307385960672139e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(8,6,'x',0.649216656532595,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(9,7,'kind',1.69537339028039343857e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(10,7,'x',2.48947227049361119455e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(11,8,'kind',3.02217844321478919245e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(12,8,'x',7.19950804583580850071e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(13,9,'kind',2.08794494110998915537e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(14,9,'x',6.80353345774305728888e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(15,10,'kind',6.18914072297269246547e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(16,10,'x',5.90628366649417424483e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(17,11,'kind',3.81241909838893680562e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(18,11,'x',6.29438804865266932075e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(19,12,'kind',1.90424025081250586355e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(20,12,'x',6.65046495755997169041e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(21,13,'kind',4.14038188506665627564e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(22,13,'x',7.67064307953339907797e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(23,14,'kind',2.35212083171042057871e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(24,14,'x',5.19970835547477583382e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(25,15,'kind',5.79864213274429718403e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(26,15,'x',7.87707497357284402994e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(27,16,'kind',0.951053638290161,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(28,16,'x',0.846312634266867,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(29,17,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(30,17,'x',8.64599823064411854289e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(31,18,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(32,18,'kind.a.n',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(33,18,'x',8.55292482980262280811e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(34,19,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(35,19,'kind.a.n',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(36,19,'x',6.33278746780162604679e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(37,20,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(38,20,'x',3.41027783861573730028e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(39,21,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(40,21,'x',7.66071331097627372663e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(41,22,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(42,22,'kind.a.n',8.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(43,22,'x',1.07788994265978210762e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(44,23,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(45,23,'x',2.98461368638923918439e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(46,24,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(47,24,'kind.a.n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(48,24,'x',8.89423319789191424433e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(49,25,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(50,25,'kind.a.n',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(51,25,'x',3.54712049543717045096e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(52,26,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(53,26,'kind.a.n',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(54,26,'x',6.64448667555237126869e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(55,27,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(56,27,'kind.a.n',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(57,27,'x',7.85603046746942812461e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(58,28,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(59,28,'x',8.74436118058213862624e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(60,29,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(61,29,'x',8.85025787863376323105e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(62,30,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(63,30,'x',1.49658298457001348591e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(64,31,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "a"]}}');
INSERT INTO "trial_params" VALUES(65,31,'x',4.71266974945084959891e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(2,2,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(3,3,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(4,4,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(5,5,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(6,6,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(7,6,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(8,7,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(9,7,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(10,8,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(11,8,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(12,9,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(13,9,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(14,10,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(15,10,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(16,11,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(17,11,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(18,12,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(19,12,'cma:generation','0');
INSERT INTO "trial_system_attributes" VALUES(20,13,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(21,13,'cma:optimizer:0','"8004954e060000000000008c0a636d6165732e5f636d61948c03434d419493942981947d94288c065f6e5f64696d944b028c085f706f7073697a65944b068c035f6d75944b038c075f6d755f656666948c166e756d70792e5f636f72652e6d756c74696172726179948c067363616c61729493948c056e756d7079948c0564747970659493948c02663894898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624308b753c6a5983a004094869452948c035f636394680b68114308cf08f6cc59fce33f94869452948c035f633194680b68114308f572bcb3fdd0c33f94869452948c045f636d7594680b68114308031b52bcb49fad3f94869452948c085f635f7369676d6194680b681143089886065d9f8edc3f94869452948c085f645f7369676d6194680b68114308a6a141d7a723f73f94869452948c035f636d944b018c065f6368695f6e94473ff411804baabfb48c085f776569676874739468098c0c5f7265636f6e737472756374949394680c8c076e6461727261799493944b0085944301629487945294284b014b06859468118943303d81341aa762e43fed14472b6636d23f67a23f812e11b43f94d816a51c54d2bfe3fe9c65897ae8bf916ebfbfe67ef2bf947494628c085f705f7369676d6194682f68314b008594683387945294284b014b028594681189431077db579d1275fe3fd375ff315a32e83f947494628c035f706394682f68314b008594683387945294284b014b028594681189431033a52c038cf30040454eba0412efea3f947494628c055f6d65616e94682f68314b008594683387945294284b014b028594681189431034c1ade7868fe83f7e7dbf588666e33f947494628c055f635f316494682f68314b008594683387945294284b014b0385946811894318cbc4fa12a845fd3f6a1f424bfbd2d53f6ac2db5f5371ea3f947494628c065f7369676d6194680b681143087591ad5f49efc93f94869452948c025f44944e8c025f42944e8c075f626f756e647394682f68314b008594683387945294284b014b024b02869468118943200000000000000000000000000000f03f0000000000000000000000000000f03f947494628c115f6e5f6d61785f726573616d706c696e67944b148c025f67944b018c095f6c725f616461707494898c065f616c70686194473ff66666666666668c0a5f626574615f6d65616e94473fb999999999999a8c0b5f626574615f5369676d6194473f9eb851eb851eb88c065f67616d6d6194473fb999999999999a8c065f456d65616e94682f68314b008594683387945294284b014b024b018694681189431000000000000000000000000000000000947494628c075f455369676d6194682f68314b008594683387945294284b014b044b0186946811894"');
INSERT INTO "trial_system_attributes" VALUES(22,13,'cma:optimizer:1','"3200000000000000000000000000000000000000000000000000000000000000000947494628c065f566d65616e944700000000000000008c075f565369676d61944700000000000000008c095f6574615f6d65616e94473ff00000000000008c0a5f6574615f5369676d6194473ff00000000000008c055f746f6c7894680b6811430816383daccc74473d94869452948c075f746f6c787570944740c38800000000008c075f746f6c66756e94473d719799812dea118c105f746f6c636f6e646974696f6e636f76944742d6bcc41e9000008c0d5f66756e686973745f7465726d944b148c0f5f66756e686973745f76616c75657394682f68314b008594683387945294284b014b2885946811894240010000129a3a95ed55000000000000000000008d9b455a4f77ebbfc2e2d5ba90b5e8bfb0c0d09aec7f00007039b39aec7f0000f0fed09aec7f0000a039b39aec7f000030c0d09aec7f0000c0c4d09aec7f000070d1d09aec7f0000d039b39aec7f0000f0d1d09aec7f000058cb75a6ec7f000070e3d09aec7f0000c0d8d09aec7f000030ead09aec7f000058cb75a6ec7f0000b0d9d09aec7f0000003ab39aec7f000070cfd09aec7f000040ccd09aec7f000070f5d09aec7f000080fbd09aec7f0000b0fbd09aec7f000040cbd09aec7f0000b07614a1ec7f000058cb75a6ec7f0000f0cad09aec7f0000c0cbd09aec7f0000f06d89a3ec7f0000303ab39aec7f000070cbd09aec7f0000603ab39aec7f0000b0ccd09aec7f0000c03ab39aec7f0000f0e7d09aec7f0000c0cfd09aec7f0000b0e3d09aec7f0000f03ab39aec7f00009474946275622e"');
INSERT INTO "trial_system_attributes" VALUES(23,13,'cma:generation','1');
INSERT INTO "trial_system_attributes" VALUES(24,14,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(25,14,'cma:generation','1');
INSERT INTO "trial_system_attributes" VALUES(26,15,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(27,15,'cma:generation','1');
INSERT INTO "trial_system_attributes" VALUES(28,16,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(29,16,'cma:generation','1');
INSERT INTO "trial_system_attributes" VALUES(30,17,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(31,18,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(32,19,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(33,20,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(34,21,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(35,22,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(36,23,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(37,24,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(38,25,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(39,26,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(40,27,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(41,28,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(42,28,'tpe:relative_params:0','"{\"kind\": \"none\", \"x\": 0.008744361180582139, \"kind.a.n\": 1}"');
INSERT INTO "trial_system_attributes" VALUES(43,29,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(44,29,'tpe:relative_params:0','"{\"kind\": \"none\", \"x\": 0.0008850257878633763, \"kind.a.n\": 1}"');
INSERT INTO "trial_system_attributes" VALUES(45,30,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(46,30,'tpe:relative_params:0','"{\"kind\": \"none\", \"x\": 0.14965829845700135, \"kind.a.n\": 1}"');
INSERT INTO "trial_system_attributes" VALUES(47,31,'fixed_params','{}');
INSERT INTO "trial_system_attributes" VALUES(48,31,'tpe:relative_params:0','"{\"kind\": \"none\", \"x\": 0.47126697494508496, \"kind.a.n\": 9}"');
INSERT INTO "trial_system_attributes" VALUES(49,32,'fixed_params','{"kind": "none", "x": 0.47126697494508496}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(2,1,'asked_by','"a5ed596f7c3bf208"');
INSERT INTO "trial_user_attributes" VALUES(3,1,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(4,1,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(5,1,'config','{"x": 0.8704087656336369}');
INSERT INTO "trial_user_attributes" VALUES(6,1,'split_hash','"toy"');
INSERT INTO "trial_user_attributes" VALUES(7,1,'folder','"/srv/tuner"');
INSERT INTO "trial_user_attributes" VALUES(8,1,'gpus_seen','null');
INSERT INTO "trial_user_attributes" VALUES(9,1,'threads','null');
INSERT INTO "trial_user_attributes" VALUES(10,1,'node','"vm"');
INSERT INTO "trial_user_attributes" VALUES(11,1,'device','"process:24840"');
INSERT INTO "trial_user_attributes" VALUES(12,1,'started_at','"2026-11-25T23:02:06.756904+00:00"');
INSERT INTO "trial_user_attributes" VALUES(13,1,'checkpoint','"/srv/runs/done-a530f341/trial-00000/state.json"');
INSERT INTO "trial_user_attributes" VALUES(14,1,'epoch','4');
INSERT INTO "trial_user_attributes" VALUES(15,1,'score','0.6324692250827912');
INSERT INTO "trial_user_attributes" VALUES(16,1,'cost','0.8704087656336369');
INSERT INTO "trial_user_attributes" VALUES(17,1,'seconds','0.06');
INSERT INTO "trial_user_attributes" VALUES(18,2,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(19,2,'asked_by','"a5ed596f7c3bf208"');
INSERT INTO "trial_user_attributes" VALUES(20,2,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(21,2,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(22,2,'config','{"x": 0.348397602405462}');
INSERT INTO "trial_user_attributes" VALUES(23,2,'split_hash','"toy"');
INSERT INTO "trial_user_attributes" VALUES(24,2,'folder','"/srv/tuner"');
INSERT INTO "trial_user_attributes" VALUES(25,2,'gpus_seen','null');
INSERT INTO "trial_user_attributes" VALUES(26,2,'threads','null');
INSERT INTO "trial_user_attributes" VALUES(27,2,'node','"vm"');
INSERT INTO "trial_user_attributes" VALUES(28,2,'device','"process:24840"');
INSERT INTO "trial_user_attributes" VALUES(29,2,'started_at','"2026-11-25T23:02:07.070996+00:00"');
INSERT INTO "trial_user_attributes" VALUES(30,2,'checkpoint','"/srv/runs/done-a530f341/trial-00001/state.json"');
INSERT INTO "trial_user_attributes" VALUES(31,2,'epoch','4');
INSERT INTO "trial_user_attributes" VALUES(32,2,'score','0.9353040675763151');
INSERT INTO "trial_user_attributes" VALUES(33,2,'cost','0.348397602405462');
INSERT INTO "trial_user_attributes" VALUES(34,2,'seconds','0.093');
INSERT INTO "trial_user_attributes" VALUES(35,3,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(36,3,'asked_by','"a5ed596f7c3bf208"');
INSERT INTO "trial_user_attributes" VALUES(37,3,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(38,3,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(39,3,'config','{"x": 0.04784819461498768}');
INSERT INTO "trial_user_attributes" VALUES(40,3,'split_hash','"toy"');
INSERT INTO "trial_user_attributes" VALUES(41,3,'folder','"/srv/tuner"');
INSERT INTO "trial_user_attributes" VALUES(42,3,'gpus_seen','null');
INSERT INTO "trial_user_attributes" VALUES(43,3,'threads','null');
INSERT INTO "trial_user_attributes" VALUES(44,3,'node','"vm"');
INSERT INTO "trial_user_attributes" VALUES(45,3,'device','"process:24840"');
INSERT INTO "trial_user_attributes" VALUES(46,3,'started_at','"2026-11-25T23:02:07.440411+00:00"');
INSERT INTO "trial_user_attributes" VALUES(47,3,'checkpoint','"/srv/runs/done-a530f341/trial-00002/state.json"');
INSERT INTO "trial_user_attributes" VALUES(48,3,'epoch','4');
INSERT INTO "trial_user_attributes" VALUES(49,3,'score','0.8778932503510115');
INSERT INTO "trial_user_attributes" VALUES(50,3,'cost','0.04784819461498768');
INSERT INTO "trial_user_attributes" VALUES(51,3,'seconds','0.094');
INSERT INTO "trial_user_attributes" VALUES(52,4,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(53,4,'asked_by','"a5ed596f7c3bf208"');
INSERT INTO "trial_user_attributes" VALUES(54,4,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(55,4,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(56,4,'config','{"x": 0.9340450981352946}');
INSERT INTO "trial_user_attributes" VALUES(57,4,'split_hash','"toy"');
INSERT INTO "trial_user_attributes" VALUES(58,4,'folder','"/srv/tuner"');
INSERT INTO "trial_user_attributes" VALUES(59,4,'gpus_seen','null');
INSERT INTO "trial_user_attributes" VALUES(60,4,'threads','null');
INSERT INTO "trial_user_attributes" VALUES(61,4,'node','"vm"');
INSERT INTO "trial_user_attributes" VALUES(62,4,'device','"process:24840"');
INSERT INTO "trial_user_attributes" VALUES(63,4,'started_at','"2026-11-25T23:02:07.826828+00:00"');
INSERT INTO "trial_user_attributes" VALUES(64,4,'checkpoint','"/srv/runs/done-a530f341/trial-00003/state.json"');
INSERT INTO "trial_user_attributes" VALUES(65,4,'epoch','4');
INSERT INTO "trial_user_attributes" VALUES(66,4,'score','0.560612637684942');
INSERT INTO "trial_user_attributes" VALUES(67,4,'cost','0.9340450981352946');
INSERT INTO "trial_user_attributes" VALUES(68,4,'seconds','0.075');
INSERT INTO "trial_user_attributes" VALUES(69,5,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(70,5,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(71,5,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(72,5,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(73,5,'config','{"kind": 0.3953960235118728, "x": 0.8815934112828561}');
INSERT INTO "trial_user_attributes" VALUES(74,5,'score','0.6203897849553475');
INSERT INTO "trial_user_attributes" VALUES(75,5,'cost','0.8815934112828561');
INSERT INTO "trial_user_attributes" VALUES(76,6,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(77,6,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(78,6,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(79,6,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(80,6,'config','{"kind": 0.008845553073859607, "x": 0.649216656532595}');
INSERT INTO "trial_user_attributes" VALUES(81,6,'score','0.8231697438751834');
INSERT INTO "trial_user_attributes" VALUES(82,6,'cost','0.649216656532595');
INSERT INTO "trial_user_attributes" VALUES(83,7,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(84,7,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(85,7,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(86,7,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(87,7,'config','{"kind": 0.016953733902803934, "x": 0.24894722704936112}');
INSERT INTO "trial_user_attributes" VALUES(88,7,'score','0.9350565134756723');
INSERT INTO "trial_user_attributes" VALUES(89,7,'cost','0.24894722704936112');
INSERT INTO "trial_user_attributes" VALUES(90,7,'reason','"asha: worse than the best half"');
INSERT INTO "trial_user_attributes" VALUES(91,8,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(92,8,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(93,8,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(94,8,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(95,8,'config','{"kind": 0.030221784432147892, "x": 0.7199508045835809}');
INSERT INTO "trial_user_attributes" VALUES(96,8,'score','0.7721637391215028');
INSERT INTO "trial_user_attributes" VALUES(97,8,'cost','0.7199508045835809');
INSERT INTO "trial_user_attributes" VALUES(98,9,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(99,9,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(100,9,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(101,9,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(102,9,'config','{"kind": 0.02087944941109989, "x": 0.6803533457743057}');
INSERT INTO "trial_user_attributes" VALUES(103,9,'score','0.8018731240858982');
INSERT INTO "trial_user_attributes" VALUES(104,9,'cost','0.6803533457743057');
INSERT INTO "trial_user_attributes" VALUES(105,10,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(106,10,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(107,10,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(108,10,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(109,10,'config','{"kind": 0.6189140722972692, "x": 0.5906283666494174}');
INSERT INTO "trial_user_attributes" VALUES(110,10,'score','0.8583142054675236');
INSERT INTO "trial_user_attributes" VALUES(111,10,'cost','0.5906283666494174');
INSERT INTO "trial_user_attributes" VALUES(112,11,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(113,11,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(114,11,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(115,11,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(116,11,'config','{"kind": 0.03812419098388937, "x": 0.6294388048652669}');
INSERT INTO "trial_user_attributes" VALUES(117,11,'score','0.8357531942333856');
INSERT INTO "trial_user_attributes" VALUES(118,11,'cost','0.6294388048652669');
INSERT INTO "trial_user_attributes" VALUES(119,12,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(120,12,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(121,12,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(122,12,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(123,12,'config','{"kind": 0.1904240250812506, "x": 0.6650464957559972}');
INSERT INTO "trial_user_attributes" VALUES(124,12,'score','0.8125697399402501');
INSERT INTO "trial_user_attributes" VALUES(125,12,'cost','0.6650464957559972');
INSERT INTO "trial_user_attributes" VALUES(126,13,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(127,13,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(128,13,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(129,13,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(130,13,'config','{"kind": 0.4140381885066656, "x": 0.7670643079533399}');
INSERT INTO "trial_user_attributes" VALUES(131,13,'score','0.7329852489713133');
INSERT INTO "trial_user_attributes" VALUES(132,13,'cost','0.7670643079533399');
INSERT INTO "trial_user_attributes" VALUES(133,14,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(134,14,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(135,14,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(136,14,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(137,14,'config','{"kind": 0.23521208317104206, "x": 0.5199708355474776}');
INSERT INTO "trial_user_attributes" VALUES(138,14,'score','0.8921370295392606');
INSERT INTO "trial_user_attributes" VALUES(139,14,'cost','0.5199708355474776');
INSERT INTO "trial_user_attributes" VALUES(140,14,'reason','"asha: worse than the best half"');
INSERT INTO "trial_user_attributes" VALUES(141,15,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(142,15,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(143,15,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(144,15,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(145,15,'config','{"kind": 0.05798642132744297, "x": 0.7877074973572844}');
INSERT INTO "trial_user_attributes" VALUES(146,15,'score','0.714507559707651');
INSERT INTO "trial_user_attributes" VALUES(147,15,'cost','0.7877074973572844');
INSERT INTO "trial_user_attributes" VALUES(148,16,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(149,16,'asked_by','"59a13e01894852d4"');
INSERT INTO "trial_user_attributes" VALUES(150,16,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(151,16,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(152,16,'config','{"kind": 0.951053638290161, "x": 0.846312634266867}');
INSERT INTO "trial_user_attributes" VALUES(153,16,'score','0.6576960990378717');
INSERT INTO "trial_user_attributes" VALUES(154,16,'cost','0.846312634266867');
INSERT INTO "trial_user_attributes" VALUES(155,17,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(156,17,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(157,17,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(158,17,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(159,17,'config','{"kind": null, "x": 0.8645998230644119}');
INSERT INTO "trial_user_attributes" VALUES(160,17,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(161,17,'score','0.6386503498084076');
INSERT INTO "trial_user_attributes" VALUES(162,17,'cost','0.8645998230644119');
INSERT INTO "trial_user_attributes" VALUES(163,18,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(164,18,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(165,18,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(166,18,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(167,18,'config','{"kind": {"n": 6, "name": "a"}, "x": 0.8552924829802623}');
INSERT INTO "trial_user_attributes" VALUES(168,18,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(169,18,'score','0.6484221171990141');
INSERT INTO "trial_user_attributes" VALUES(170,18,'cost','0.8552924829802623');
INSERT INTO "trial_user_attributes" VALUES(171,19,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(172,19,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(173,19,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(174,19,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(175,19,'config','{"kind": {"n": 9, "name": "a"}, "x": 0.6332787467801626}');
INSERT INTO "trial_user_attributes" VALUES(176,19,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(177,19,'score','0.8333674471356041');
INSERT INTO "trial_user_attributes" VALUES(178,19,'cost','0.6332787467801626');
INSERT INTO "trial_user_attributes" VALUES(179,20,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(180,20,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(181,20,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(182,20,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(183,20,'config','{"kind": null, "x": 0.34102778386157373}');
INSERT INTO "trial_user_attributes" VALUES(184,20,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(185,20,'score','0.935921925891945');
INSERT INTO "trial_user_attributes" VALUES(186,20,'cost','0.34102778386157373');
INSERT INTO "trial_user_attributes" VALUES(187,20,'reason','"asha: worse than the best half"');
INSERT INTO "trial_user_attributes" VALUES(188,21,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(189,21,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(190,21,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(191,21,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(192,21,'config','{"kind": null, "x": 0.7660713310976274}');
INSERT INTO "trial_user_attributes" VALUES(193,21,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(194,21,'score','0.7338539196833304');
INSERT INTO "trial_user_attributes" VALUES(195,21,'cost','0.7660713310976274');
INSERT INTO "trial_user_attributes" VALUES(196,22,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(197,22,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(198,22,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(199,22,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(200,22,'config','{"kind": {"n": 8, "name": "a"}, "x": 0.10778899426597821}');
INSERT INTO "trial_user_attributes" VALUES(201,22,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(202,22,'reason','"ValueError: no"');
INSERT INTO "trial_user_attributes" VALUES(203,22,'traceback','"Traceback (most recent call last):\n  in train\nValueError: no"');
INSERT INTO "trial_user_attributes" VALUES(204,23,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(205,23,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(206,23,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(207,23,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(208,23,'config','{"kind": null, "x": 0.2984613686389239}');
INSERT INTO "trial_user_attributes" VALUES(209,23,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(210,23,'score','0.9374977805751887');
INSERT INTO "trial_user_attributes" VALUES(211,23,'cost','0.2984613686389239');
INSERT INTO "trial_user_attributes" VALUES(212,24,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(213,24,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(214,24,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(215,24,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(216,24,'config','{"kind": {"n": 5, "name": "a"}, "x": 0.8894233197891914}');
INSERT INTO "trial_user_attributes" VALUES(217,24,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(218,24,'score','0.6117938907081456');
INSERT INTO "trial_user_attributes" VALUES(219,24,'cost','0.8894233197891914');
INSERT INTO "trial_user_attributes" VALUES(220,25,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(221,25,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(222,25,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(223,25,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(224,25,'config','{"kind": {"n": 6, "name": "a"}, "x": 0.35471204954371705}');
INSERT INTO "trial_user_attributes" VALUES(225,25,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(226,25,'score','0.9346936796575555');
INSERT INTO "trial_user_attributes" VALUES(227,25,'cost','0.35471204954371705');
INSERT INTO "trial_user_attributes" VALUES(228,26,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(229,26,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(230,26,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(231,26,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(232,26,'config','{"kind": {"n": 1, "name": "a"}, "x": 0.6644486675552371}');
INSERT INTO "trial_user_attributes" VALUES(233,26,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(234,26,'score','0.8129785956723865');
INSERT INTO "trial_user_attributes" VALUES(235,26,'cost','0.6644486675552371');
INSERT INTO "trial_user_attributes" VALUES(236,27,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(237,27,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(238,27,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(239,27,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(240,27,'config','{"kind": {"n": 6, "name": "a"}, "x": 0.7856030467469428}');
INSERT INTO "trial_user_attributes" VALUES(241,27,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(242,27,'score','0.7164278259282061');
INSERT INTO "trial_user_attributes" VALUES(243,27,'cost','0.7856030467469428');
INSERT INTO "trial_user_attributes" VALUES(244,28,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(245,28,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(246,28,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(247,28,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(248,28,'config','{"kind": null, "x": 0.008744361180582139}');
INSERT INTO "trial_user_attributes" VALUES(249,28,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(250,28,'score','0.8579720183023996');
INSERT INTO "trial_user_attributes" VALUES(251,28,'cost','0.008744361180582139');
INSERT INTO "trial_user_attributes" VALUES(252,29,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(253,29,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(254,29,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(255,29,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(256,29,'config','{"kind": null, "x": 0.0008850257878633763}');
INSERT INTO "trial_user_attributes" VALUES(257,29,'device','"cpu"');
INSERT INTO "trial_user_attributes" VALUES(258,29,'score','0.8536220926894433');
INSERT INTO "trial_user_attributes" VALUES(259,29,'cost','0.0008850257878633763');
INSERT INTO "trial_user_attributes" VALUES(260,30,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(261,30,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(262,30,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(263,30,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(264,30,'config','{"kind": null, "x": 0.14965829845700135}');
INSERT INTO "trial_user_attributes" VALUES(265,31,'attempt','1');
INSERT INTO "trial_user_attributes" VALUES(266,31,'asked_by','"9b9de40f1c3bd24d"');
INSERT INTO "trial_user_attributes" VALUES(267,31,'versions','{"python": "3.11.7", "metric-tuner": "0.1.0", "torch": "2.15.0", "torchvision": "0.29.2", "optuna": "5.0.0", "ray": "2.60.0", "scikit-learn": "1.9.1"}');
INSERT INTO "trial_user_attributes" VALUES(268,31,'git_commit','"2243cb767aed827c65111c5f89458f888e33c3b7"');
INSERT INTO "trial_user_attributes" VALUES(269,31,'config','{"kind": null, "x": 0.47126697494508496}');
INSERT INTO "trial_user_attributes" VALUES(270,32,'follows','14');
INSERT INTO "trial_user_attributes" VALUES(271,32,'retry_of','14');
INSERT INTO "trial_user_attributes" VALUES(272,32,'attempt','2');
INSERT INTO "trial_user_attributes" VALUES(273,31,'reason','"its worker was lost"');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,6.32469225082791242087e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,1,1,8.70408765633636893888e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,2,0,9.35304067576315123488e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,2,1,0.348397602405462,'FINITE');
INSERT INTO "trial_values" VALUES(5,3,0,8.77893250351011511511e-01,'FINITE');
INSERT INTO "trial_values" VALUES(6,3,1,4.78481946149876824492e-02,'FINITE');
INSERT INTO "trial_values" VALUES(7,4,0,0.560612637684942,'FINITE');
INSERT INTO "trial_values" VALUES(8,4,1,9.34045098135294571406e-01,'FINITE');
INSERT INTO "trial_values" VALUES(9,5,0,6.20389784955347467487e-01,'FINITE');
INSERT INTO "trial_values" VALUES(10,6,0,8.23169743875183379522e-01,'FINITE');
INSERT INTO "trial_values" VALUES(11,7,0,9.35056513475672312907e-01,'FINITE');
INSERT INTO "trial_values" VALUES(12,8,0,7.72163739121502823437e-01,'FINITE');
INSERT INTO "trial_values" VALUES(13,9,0,8.01873124085898170143e-01,'FINITE');
INSERT INTO "trial_values" VALUES(14,10,0,8.58314205467523572146e-01,'FINITE');
INSERT INTO "trial_values" VALUES(15,11,0,8.35753194233385565681e-01,'FINITE');
INSERT INTO "trial_values" VALUES(16,12,0,8.12569739940250057586e-01,'FINITE');
INSERT INTO "trial_values" VALUES(17,13,0,7.32985248971313341215e-01,'FINITE');
INSERT INTO "trial_values" VALUES(18,14,0,8.92137029539260550947e-01,'FINITE');
INSERT INTO "trial_values" VALUES(19,15,0,0.714507559707651,'FINITE');
INSERT INTO "trial_values" VALUES(20,16,0,6.57696099037871739767e-01,'FINITE');
INSERT INTO "trial_values" VALUES(21,17,0,6.38650349808407624685e-01,'FINITE');
INSERT INTO "trial_values" VALUES(22,17,1,8.64599823064411854289e-01,'FINITE');
INSERT INTO "trial_values" VALUES(23,18,0,6.4842211719901410305e-01,'FINITE');
INSERT INTO "trial_values" VALUES(24,18,1,8.55292482980262280811e-01,'FINITE');
INSERT INTO "trial_values" VALUES(25,19,0,8.33367447135604066943e-01,'FINITE');
INSERT INTO "trial_values" VALUES(26,19,1,6.33278746780162604679e-01,'FINITE');
INSERT INTO "trial_values" VALUES(27,21,0,7.33853919683330357948e-01,'FINITE');
INSERT INTO "trial_values" VALUES(28,21,1,7.66071331097627372663e-01,'FINITE');
INSERT INTO "trial_values" VALUES(29,23,0,9.37497780575188732754e-01,'FINITE');
INSERT INTO "trial_values" VALUES(30,23,1,2.98461368638923918439e-01,'FINITE');
INSERT INTO "trial_values" VALUES(31,24,0,6.11793890708145604584e-01,'FINITE');
INSERT INTO "trial_values" VALUES(32,24,1,8.89423319789191424433e-01,'FINITE');
INSERT INTO "trial_values" VALUES(33,25,0,9.34693679657555454021e-01,'FINITE');
INSERT INTO "trial_values" VALUES(34,25,1,3.54712049543717045096e-01,'FINITE');
INSERT INTO "trial_values" VALUES(35,26,0,8.1297859567238650591e-01,'FINITE');
INSERT INTO "trial_values" VALUES(36,26,1,6.64448667555237126869e-01,'FINITE');
INSERT INTO "trial_values" VALUES(37,27,0,7.1642782592820608567e-01,'FINITE');
INSERT INTO "trial_values" VALUES(38,27,1,7.85603046746942812461e-01,'FINITE');
INSERT INTO "trial_values" VALUES(39,28,0,8.5797201830239955278e-01,'FINITE');
INSERT INTO "trial_values" VALUES(40,28,1,8.74436118058213862624e-03,'FINITE');
INSERT INTO "trial_values" VALUES(41,29,0,8.53622092689443334734e-01,'FINITE');
INSERT INTO "trial_values" VALUES(42,29,1,8.85025787863376323105e-04,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-25 23:02:06.756904','2026-11-25 23:02:06.816904');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-25 23:02:07.070996','2026-11-25 23:02:07.163996');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-25 23:02:07.440411','2026-11-25 23:02:07.534411');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-25 23:02:07.826828','2026-11-25 23:02:07.901828');
INSERT INTO "trials" VALUES(5,0,2,'COMPLETE','2026-11-25 23:02:08.803920','2026-11-25 23:02:08.955688');
INSERT INTO "trials" VALUES(6,1,2,'COMPLETE','2026-11-25 23:02:09.092100','2026-11-25 23:02:14.439869');
INSERT INTO "trials" VALUES(7,2,2,'PRUNED','2026-11-25 23:02:14.562827','2026-11-25 23:02:14.707043');
INSERT INTO "trials" VALUES(8,3,2,'COMPLETE','2026-11-25 23:02:14.858127','2026-11-25 23:02:15.044124');
INSERT INTO "trials" VALUES(9,4,2,'COMPLETE','2026-11-25 23:02:15.165872','2026-11-25 23:02:15.354330');
INSERT INTO "trials" VALUES(10,5,2,'COMPLETE','2026-11-25 23:02:15.505797','2026-11-25 23:02:15.682627');
INSERT INTO "trials" VALUES(11,6,2,'COMPLETE','2026-11-25 23:02:15.809551','2026-11-25 23:02:15.998064');
INSERT INTO "trials" VALUES(12,7,2,'COMPLETE','2026-11-25 23:02:16.175390','2026-11-25 23:02:16.307202');
INSERT INTO "trials" VALUES(13,8,2,'COMPLETE','2026-11-25 23:02:16.400867','2026-11-25 23:02:16.533578');
INSERT INTO "trials" VALUES(14,9,2,'PRUNED','2026-11-25 23:02:16.636174','2026-11-25 23:02:16.817295');
INSERT INTO "trials" VALUES(15,10,2,'COMPLETE','2026-11-25 23:02:16.958053','2026-11-25 23:02:17.108977');
INSERT INTO "trials" VALUES(16,11,2,'COMPLETE','2026-11-25 23:02:17.227173','2026-11-25 23:02:17.373593');
INSERT INTO "trials" VALUES(17,0,3,'COMPLETE','2026-11-25 23:02:18.165707','2026-11-25 23:02:18.453415');
INSERT INTO "trials" VALUES(18,1,3,'COMPLETE','2026-11-25 23:02:18.856651','2026-11-25 23:02:19.022831');
INSERT INTO "trials" VALUES(19,2,3,'COMPLETE','2026-11-25 23:02:19.391099','2026-11-25 23:02:19.490772');
INSERT INTO "trials" VALUES(20,3,3,'PRUNED','2026-11-25 23:02:19.785173','2026-11-25 23:02:19.890986');
INSERT INTO "trials" VALUES(21,4,3,'COMPLETE','2026-11-25 23:02:20.031702','2026-11-25 23:02:20.122690');
INSERT INTO "trials" VALUES(22,5,3,'FAIL','2026-11-25 23:02:20.319857','2026-11-25 23:02:20.455372');
INSERT INTO "trials" VALUES(23,6,3,'COMPLETE','2026-11-25 23:02:20.654951','2026-11-25 23:02:20.783062');
INSERT INTO "trials" VALUES(24,7,3,'COMPLETE','2026-11-25 23:02:20.915131','2026-11-25 23:02:21.048872');
INSERT INTO "trials" VALUES(25,8,3,'COMPLETE','2026-11-25 23:02:21.246185','2026-11-25 23:02:21.446856');
INSERT INTO "trials" VALUES(26,9,3,'COMPLETE','2026-11-25 23:02:21.607522','2026-11-25 23:02:21.719935');
INSERT INTO "trials" VALUES(27,10,3,'COMPLETE','2026-11-25 23:02:21.907270','2026-11-25 23:02:22.012308');
INSERT INTO "trials" VALUES(28,11,3,'COMPLETE','2026-11-25 23:02:22.092136','2026-11-25 23:02:22.321894');
INSERT INTO "trials" VALUES(29,12,3,'COMPLETE','2026-11-25 23:02:22.392033','2026-11-25 23:02:22.548174');
INSERT INTO "trials" VALUES(30,13,3,'RUNNING','2026-11-25 23:02:22.785853',NULL);
INSERT INTO "trials" VALUES(31,14,3,'FAIL','2026-11-25 23:02:23.097759','2026-11-25 23:02:23.330055');
INSERT INTO "trials" VALUES(32,15,3,'WAITING',NULL,NULL);
CREATE TABLE tuner_reports (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	metrics JSON NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (trial_id, epoch)
);
INSERT INTO "tuner_reports" VALUES(1,1,'{"score": 0.3373169200441553, "cost": 0.8704087656336369}','2026-11-25 23:02:06.782223');
INSERT INTO "tuner_reports" VALUES(1,2,'{"score": 0.505975380066233, "cost": 0.8704087656336369}','2026-11-25 23:02:06.797348');
INSERT INTO "tuner_reports" VALUES(1,3,'{"score": 0.5903046100772718, "cost": 0.8704087656336369}','2026-11-25 23:02:06.814745');
INSERT INTO "tuner_reports" VALUES(1,4,'{"score": 0.6324692250827912, "cost": 0.8704087656336369}','2026-11-25 23:02:06.830925');
INSERT INTO "tuner_reports" VALUES(2,1,'{"score": 0.4988288360407014, "cost": 0.348397602405462}','2026-11-25 23:02:07.085183');
INSERT INTO "tuner_reports" VALUES(2,2,'{"score": 0.7482432540610521, "cost": 0.348397602405462}','2026-11-25 23:02:07.115335');
INSERT INTO "tuner_reports" VALUES(2,3,'{"score": 0.8729504630712275, "cost": 0.348397602405462}','2026-11-25 23:02:07.153204');
INSERT INTO "tuner_reports" VALUES(2,4,'{"score": 0.9353040675763151, "cost": 0.348397602405462}','2026-11-25 23:02:07.177793');
INSERT INTO "tuner_reports" VALUES(3,1,'{"score": 0.46820973352053946, "cost": 0.04784819461498768}','2026-11-25 23:02:07.466579');
INSERT INTO "tuner_reports" VALUES(3,2,'{"score": 0.7023146002808092, "cost": 0.04784819461498768}','2026-11-25 23:02:07.505042');
INSERT INTO "tuner_reports" VALUES(3,3,'{"score": 0.8193670336609441, "cost": 0.04784819461498768}','2026-11-25 23:02:07.533062');
INSERT INTO "tuner_reports" VALUES(3,4,'{"score": 0.8778932503510115, "cost": 0.04784819461498768}','2026-11-25 23:02:07.556944');
INSERT INTO "tuner_reports" VALUES(4,1,'{"score": 0.2989934067653024, "cost": 0.9340450981352946}','2026-11-25 23:02:07.846911');
INSERT INTO "tuner_reports" VALUES(4,2,'{"score": 0.4484901101479536, "cost": 0.9340450981352946}','2026-11-25 23:02:07.880108');
INSERT INTO "tuner_reports" VALUES(4,3,'{"score": 0.5232384618392791, "cost": 0.9340450981352946}','2026-11-25 23:02:07.902227');
INSERT INTO "tuner_reports" VALUES(4,4,'{"score": 0.560612637684942, "cost": 0.9340450981352946}','2026-11-25 23:02:07.947576');
INSERT INTO "tuner_reports" VALUES(5,1,'{"score": 0.6203897849553475, "cost": 0.8815934112828561}','2026-11-25 23:02:08.903931');
INSERT INTO "tuner_reports" VALUES(6,1,'{"score": 0.8231697438751834, "cost": 0.649216656532595}','2026-11-25 23:02:14.385484');
INSERT INTO "tuner_reports" VALUES(7,1,'{"score": 0.9350565134756723, "cost": 0.24894722704936112}','2026-11-25 23:02:14.659453');
INSERT INTO "tuner_reports" VALUES(8,1,'{"score": 0.7721637391215028, "cost": 0.7199508045835809}','2026-11-25 23:02:14.999480');
INSERT INTO "tuner_reports" VALUES(9,1,'{"score": 0.8018731240858982, "cost": 0.6803533457743057}','2026-11-25 23:02:15.314369');
INSERT INTO "tuner_reports" VALUES(10,1,'{"score": 0.8583142054675236, "cost": 0.5906283666494174}','2026-11-25 23:02:15.619693');
INSERT INTO "tuner_reports" VALUES(11,1,'{"score": 0.8357531942333856, "cost": 0.6294388048652669}','2026-11-25 23:02:15.949151');
INSERT INTO "tuner_reports" VALUES(12,1,'{"score": 0.8125697399402501, "cost": 0.6650464957559972}','2026-11-25 23:02:16.263183');
INSERT INTO "tuner_reports" VALUES(13,1,'{"score": 0.7329852489713133, "cost": 0.7670643079533399}','2026-11-25 23:02:16.501495');
INSERT INTO "tuner_reports" VALUES(14,1,'{"score": 0.8921370295392606, "cost": 0.5199708355474776}','2026-11-25 23:02:16.766037');
INSERT INTO "tuner_reports" VALUES(15,1,'{"score": 0.714507559707651, "cost": 0.7877074973572844}','2026-11-25 23:02:17.065849');
INSERT INTO "tuner_reports" VALUES(16,1,'{"score": 0.6576960990378717, "cost": 0.846312634266867}','2026-11-25 23:02:17.317191');
INSERT INTO "tuner_reports" VALUES(17,1,'{"score": 0.6386503498084076, "cost": 0.8645998230644119}','2026-11-25 23:02:18.353590');
INSERT INTO "tuner_reports" VALUES(18,1,'{"score": 0.6484221171990141, "cost": 0.8552924829802623}','2026-11-25 23:02:18.962302');
INSERT INTO "tuner_reports" VALUES(19,1,'{"score": 0.8333674471356041, "cost": 0.6332787467801626}','2026-11-25 23:02:19.441595');
INSERT INTO "tuner_reports" VALUES(20,1,'{"score": 0.935921925891945, "cost": 0.34102778386157373}','2026-11-25 23:02:19.863299');
INSERT INTO "tuner_reports" VALUES(21,1,'{"score": 0.7338539196833304, "cost": 0.7660713310976274}','2026-11-25 23:02:20.094050');
INSERT INTO "tuner_reports" VALUES(22,1,'{"score": 0.9028639961950461, "cost": 0.10778899426597821}','2026-11-25 23:02:20.433803');
INSERT INTO "tuner_reports" VALUES(23,1,'{"score": 0.9374977805751887, "cost": 0.2984613686389239}','2026-11-25 23:02:20.745798');
INSERT INTO "tuner_reports" VALUES(24,1,'{"score": 0.6117938907081456, "cost": 0.8894233197891914}','2026-11-25 23:02:21.025301');
INSERT INTO "tuner_reports" VALUES(25,1,'{"score": 0.9346936796575555, "cost": 0.35471204954371705}','2026-11-25 23:02:21.389373');
INSERT INTO "tuner_reports" VALUES(26,1,'{"score": 0.8129785956723865, "cost": 0.6644486675552371}','2026-11-25 23:02:21.696587');
INSERT INTO "tuner_reports" VALUES(27,1,'{"score": 0.7164278259282061, "cost": 0.7856030467469428}','2026-11-25 23:02:21.992345');
INSERT INTO "tuner_reports" VALUES(28,1,'{"score": 0.8579720183023996, "cost": 0.008744361180582139}','2026-11-25 23:02:22.301914');
INSERT INTO "tuner_reports" VALUES(29,1,'{"score": 0.8536220926894433, "cost": 0.0008850257878633763}','2026-11-25 23:02:22.512021');
INSERT INTO "tuner_reports" VALUES(30,1,'{"score": 0.9163100369785836, "cost": 0.14965829845700135}','2026-11-25 23:02:23.223500');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE VIEW tuner_results AS SELECT s.study_name AS study, t.number AS number, t.state AS state, MAX(CASE WHEN a.key = 'cost' THEN CAST(a.value_json AS REAL) END) AS cost, MAX(CASE WHEN a.key = 'score' THEN CAST(a.value_json AS REAL) END) AS score, MAX(CASE WHEN a.key = 'seconds' THEN CAST(a.value_json AS REAL) END) AS seconds, MAX(CASE WHEN a.key = 'attempt' THEN CAST(a.value_json AS REAL) END) AS attempt, MAX(CASE WHEN a.key = 'retry_of' THEN CAST(a.value_json AS REAL) END) AS retry_of, MAX(CASE WHEN a.key = 'peak_memory_mib' THEN CAST(a.value_json AS REAL) END) AS peak_memory_mib, MAX(CASE WHEN a.key = 'node' THEN json_extract(value_json, '$') END) AS node, MAX(CASE WHEN a.key = 'node_id' THEN json_extract(value_json, '$') END) AS node_id, MAX(CASE WHEN a.key = 'device' THEN json_extract(value_json, '$') END) AS device, MAX(CASE WHEN a.key = 'device_name' THEN json_extract(value_json, '$') END) AS device_name, MAX(CASE WHEN a.key = 'started_at' THEN json_extract(value_json, '$') END) AS started_at, MAX(CASE WHEN a.key = 'reason' THEN json_extract(value_json, '$') END) AS reason, MAX(CASE WHEN a.key = 'health' THEN json_extract(value_json, '$') END) AS health, MAX(CASE WHEN a.key = 'health_reason' THEN json_extract(value_json, '$') END) AS health_reason FROM trials t JOIN studies s ON s.study_id = t.study_id LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id GROUP BY s.study_name, t.trial_id, t.number, t.state;
COMMIT;
