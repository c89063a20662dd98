"""Drives the emulator with simple-salesforce, unmodified. One line per check.

The library always speaks https to *.salesforce.com; an adapter of requests sends what it says to the
emulator instead.
"""

import base64
import datetime
import os
import sys
import traceback

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

ORG_URL = os.environ["ORG_URL"]
CLIENT = {"consumer_key": "client", "consumer_secret": os.environ["CLIENT_SECRET"]}
USERNAME, PASSWORD = "ada@example.com", os.environ["USER_PASSWORD"]
DOMAIN = "emulator.my"
failed = 0


class ToTheEmulator(HTTPAdapter):
    def send(self, request, **options):
        host, path = request.url.removeprefix("https://").split("/", 1)
        request.url = f"{ORG_URL}/{path}"
        request.headers["Host"] = host
        return super().send(request, **options)


def session():
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToTheEmulator())
    return session


def check(name):
    def run(work):
        global failed
        try:
            work()
            print(f"ok simple-salesforce: {name}")
        except Exception:
            failed += 1
            print(f"FAILED simple-salesforce: {name}: {traceback.format_exc()}")

    return run


def raises(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


@check("login by client credentials")
def _():
    assert Salesforce(domain=DOMAIN, session=session(), **CLIENT).limits()


@check("login by password")
def _():
    assert Salesforce(USERNAME, PASSWORD, domain=DOMAIN, session=session(), **CLIENT).limits()


@check("login by JWT bearer with a registered key")
def _():
    key = open(os.environ["PRIVATE_KEY"]).read()
    login = dict(username=USERNAME, consumer_key="client", privatekey=key, session=session())
    assert Salesforce(domain="login", instance_url=DOMAIN, **login).limits()


@check("login by SOAP with a security token, an organization, and neither")
def _():
    for extra in [{"security_token": ""}, {"organizationId": "00DEv0000000001"}]:
        assert Salesforce(USERNAME, PASSWORD, domain=DOMAIN, session=session(), **extra).limits()
    token, instance = SalesforceLogin(USERNAME, PASSWORD, domain=DOMAIN, session=session())
    assert Salesforce(session_id=token, instance=instance, session=session()).limits()
    login = lambda: SalesforceLogin(USERNAME, "wrong", domain=DOMAIN, session=session(), security_token="")
    assert raises(SalesforceAuthenticationFailed, login).code == "INVALID_LOGIN"


@check("a bad token is an expired session")
def _():
    org = Salesforce(session_id="bad", instance="emulator.my.salesforce.com", session=session())
    raises(SalesforceExpiredSession, lambda: org.query("SELECT Id FROM Account"))


org = Salesforce(USERNAME, PASSWORD, domain=DOMAIN, session=session(), **CLIENT)


@check("create, get, update with null, delete")
def _():
    made = org.Account.create({"Name": "Gamma", "Phone": "555"})
    assert made["success"]
    assert org.Account.update(made["id"], {"Phone": None}) == 204
    assert org.Account.get(made["id"])["Phone"] is None
    assert org.Account.delete(made["id"]) == 204
    raises(SalesforceResourceNotFound, lambda: org.Account.get(made["id"]))


@check("upsert creates, then updates; get by custom id")
def _():
    assert org.Account.upsert("Ext__c/s1", {"Name": "Up"}) == 201
    assert org.Account.upsert("Ext__c/s1", {"Name": "Up 2"}) == 200
    assert org.Account.get_by_custom_id("Ext__c", "s1")["Name"] == "Up 2"


@check("errors carry the code of the org")
def _():
    error = raises(SalesforceMalformedRequest, lambda: org.Account.create({}))
    assert error.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


@check("query with paging")
def _():
    for chunk in range(11):
        records = [{"attributes": {"type": "Invoice__c"}, "Name": f"S {chunk}-{at}"} for at in range(200)]
        assert all(done["success"] for done in org.restful("composite/sobjects", method="POST", json={"records": records}))
    everything = org.query_all("SELECT Id FROM Invoice__c WHERE Name LIKE 'S %'")
    assert everything["totalSize"] == len(everything["records"]) == 2200
    first = org.query("SELECT Id FROM Invoice__c WHERE Name LIKE 'S %'")
    assert not first["done"] and len(org.query_more(first["nextRecordsUrl"], True)["records"]) == 200


@check("values formatted into a query stay values")
def _():
    name = "O'Brien \\ % ' OR Name != '"
    org.Account.create({"Name": name})
    found = org.query(format_soql("SELECT Name FROM Account WHERE Name = {}", name))
    assert [record["Name"] for record in found["records"]] == [name]


@check("search, and quick search")
def _():
    found = org.search("FIND {lovelace} IN NAME FIELDS RETURNING Contact(Name)")["searchRecords"]
    assert [record["Name"] for record in found] == ["Ada Lovelace"]
    assert len(org.quick_search("lovelace")["searchRecords"]) == 1


@check("describe global and object")
def _():
    assert any(found["name"] == "Invoice__c" for found in org.describe()["sobjects"])
    fields = {field["name"]: field for field in org.Contact.describe()["fields"]}
    assert fields["Phone"]["type"] == "phone" and fields["Key__c"]["externalId"]
    assert org.Contact.metadata()["objectDescribe"]["keyPrefix"] == "003"


@check("limits, and the usage header")
def _():
    assert org.limits()["DailyApiRequests"]["Max"] == 15000
    assert org.api_usage["api-usage"].used > 0


@check("identity by userinfo")
def _():
    assert org.oauth2("userinfo")["preferred_username"] == USERNAME


@check("updated and deleted")
def _():
    now, hour = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(hours=1)
    assert org.Account.updated(now - hour, now + hour)["ids"]
    assert org.Account.deleted(now - hour, now + hour)["deletedRecords"]


@check("composite with references")
def _():
    steps = [
        {"method": "POST", "url": "/services/data/v59.0/sobjects/Case", "referenceId": "c", "body": {"Subject": "Hi"}},
        {"method": "GET", "url": "/services/data/v59.0/sobjects/Case/@{c.id}?fields=CaseNumber", "referenceId": "n"},
    ]
    answer = org.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": steps})
    assert answer["compositeResponse"][1]["body"]["CaseNumber"]


@check("composite graph, tree and batch")
def _():
    url = "/services/data/v59.0/sobjects/Account"
    steps = [{"method": "POST", "url": url, "referenceId": "a", "body": {"Name": "Graph"}}]
    graphs = {"graphs": [{"graphId": "1", "compositeRequest": steps}]}
    assert org.restful("composite/graph", method="POST", json=graphs)["graphs"][0]["isSuccessful"]
    tree = {"records": [{"attributes": {"type": "Account", "referenceId": "r"}, "Name": "Tree"}]}
    assert not org.restful("composite/tree/Account", method="POST", json=tree)["hasErrors"]
    batch = {"batchRequests": [{"method": "GET", "url": "v59.0/limits"}]}
    assert not org.restful("composite/batch", method="POST", json=batch)["hasErrors"]


@check("Bulk 2.0 insert, upsert, update, delete, with a bad row")
def _():
    records = [{"Name": f"Bulk {at}", "Ext__c": f"b{at}"} for at in range(5)] + [{"Name": "Forbidden", "Ext__c": "f"}]
    [job] = org.bulk2.Account.insert(records=records)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (6, 1)
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in org.bulk2.Account.get_failed_records(job["job_id"])
    assert org.bulk2.Account.get_successful_records(job["job_id"]).count("\n") == 6
    [job] = org.bulk2.Account.upsert(records=[{"Ext__c": "b0", "Site": "x"}], external_id_field="Ext__c")
    assert job["numberRecordsFailed"] == 0
    ids = [{"Id": row["Id"]} for row in org.query("SELECT Id FROM Account WHERE Name LIKE 'Bulk %'")["records"]]
    assert org.bulk2.Account.update(records=[{**row, "Site": "y"} for row in ids])[0]["numberRecordsFailed"] == 0
    assert org.bulk2.Account.delete(records=ids)[0]["numberRecordsProcessed"] == 5


@check("Bulk 2.0 query in pages")
def _():
    pages = list(org.bulk2.Invoice__c.query("SELECT Id, Name FROM Invoice__c", max_records=1000))
    assert len(pages) == 3 and sum(page.count("\n") - 1 for page in pages) == 2200


@check("a file as base64, and back")
def _():
    data = bytes(range(256)) * 100
    record = {"PathOnClient": "call.wav", "VersionData": base64.b64encode(data).decode()}
    made = org.ContentVersion.create(record)
    assert org.ContentVersion.get_base64(made["id"], "VersionData") == data


@check("a user sees and does what that user may")
def _():
    grace = Salesforce("grace@example.com", PASSWORD, domain=DOMAIN, session=session(), **CLIENT)
    code = lambda query: raises(SalesforceMalformedRequest, lambda: grace.query(query)).content[0]["errorCode"]
    assert code("SELECT Description FROM Case") == "INVALID_FIELD"
    assert code("SELECT Id FROM VoiceCall") == "INVALID_TYPE"
    raises(SalesforceResourceNotFound, grace.VoiceCall.describe)
    refused = raises(SalesforceRefusedRequest, lambda: grace.Lead.create({"LastName": "L", "Company": "C"}))
    assert refused.content[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    described = lambda org: {field["name"]: field for field in org.Case.describe()["fields"]}
    hers, his = described(grace), described(org)
    assert "Description" not in hers and "Description" in his
    assert not hers["Priority"]["updateable"] and his["Priority"]["updateable"]
    assert org.query("SELECT Description FROM Case")["totalSize"] >= 0
    assert org.Lead.create({"LastName": "L", "Company": "C"})["success"]


@check("record types: default, query, describe, and those of others")
def _():
    made = org.Case.create({"Subject": "typed"})["id"]
    query = f"SELECT RecordType.DeveloperName FROM Case WHERE Id = '{made}'"
    assert org.query(query)["records"][0]["RecordType"]["DeveloperName"] == "Support"
    types = org.query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Case'")["records"]
    ids = {known["DeveloperName"]: known["Id"] for known in types}
    infos = {info["developerName"]: info for info in org.Case.describe()["recordTypeInfos"]}
    assert infos["Support"]["defaultRecordTypeMapping"] and not infos["Billing"]["available"]
    error = lambda fields: raises(SalesforceMalformedRequest, lambda: org.Case.create(fields)).content[0]
    assert error({"RecordTypeId": ids["Billing"]})["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert error({"Channel__c": "Mail"})["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert org.Case.create({"Channel__c": "Voice"})["success"]


@check("more groups than an org gives are refused")
def _():
    query = "SELECT Name, COUNT(Id) FROM Invoice__c GROUP BY Name"
    error = raises(SalesforceMalformedRequest, lambda: org.query(query))
    assert error.content[0]["errorCode"] == "EXCEEDED_ID_LIMIT"


@check("the less usual words of a query")
def _():
    case = org.Case.create({"Subject": "words", "Tags__c": "Phone;Urgent"})["id"]
    one = lambda query: org.query(f"{query} WHERE Id = '{case}'")["records"][0]
    assert org.query(f"SELECT Id FROM Case WHERE Tags__c INCLUDES ('Urgent') AND Id = '{case}'")["totalSize"] == 1
    assert one("SELECT toLabel(Status) FROM Case")["Status"] == "New"
    assert one("SELECT FORMAT(CreatedDate) made FROM Case")["made"]
    assert one("SELECT Owner.Type FROM Case")["Owner"]["Type"] == "User"
    year = datetime.datetime.now(datetime.timezone.utc).year
    assert org.query(f"SELECT Id FROM Case WHERE CALENDAR_YEAR(CreatedDate) = {year}")["totalSize"] > 0
    assert org.query("SELECT Id FROM Case USING SCOPE mine")["totalSize"] > 0
    assert org.query("SELECT Id FROM Case WITH SECURITY_ENFORCED LIMIT 1")["totalSize"] == 1
    assert org.query("SELECT Id FROM Case LIMIT 1 FOR UPDATE")["totalSize"] == 1
    account = org.Account.create({"Name": "Street", "BillingCity": "Oslo"})["id"]
    assert org.Account.get(account)["BillingAddress"]["city"] == "Oslo"


@check("an address that is too long is refused by the edge")
def _():
    error = raises(SalesforceGeneralError, lambda: org.query(f"SELECT Id FROM Case WHERE Subject = '{'x' * 17_000}'"))
    assert error.status == 414


def fault(order):
    local = requests.Session()
    local.trust_env = False
    answer = local.post(f"{os.environ['ADMIN_URL']}/faults", json=order)
    assert answer.ok, answer.text
    return lambda: local.delete(f"{os.environ['ADMIN_URL']}/faults")


@check("a login is refused in the service's words, and then is not")
def _():
    words = "token request is already being processed"
    release = fault({"endpoint": "token", "fault": {"oauth": {"error": "invalid_grant", "description": words}}})
    login = lambda: Salesforce(USERNAME, PASSWORD, domain=DOMAIN, session=session(), **CLIENT)
    error = raises(SalesforceAuthenticationFailed, login)
    assert error.code == "invalid_grant" and words in str(error)
    release()
    assert login().limits()


@check("a record stays locked until it is released")
def _():
    locked, free = (org.Account.create({"Name": name})["id"] for name in ["Locked", "Free"])
    release = fault({"fault": "row_lock", "scope": {"record": locked}})
    for _ in range(2):
        error = raises(SalesforceMalformedRequest, lambda: org.Account.update(locked, {"Site": "x"}))
        assert error.content[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    assert org.Account.update(free, {"Site": "x"}) == 204
    release()
    assert org.Account.update(locked, {"Site": "x"}) == 204


@check("is it a sandbox")
def _():
    assert org.is_sandbox() is False


sys.exit(1 if failed else 0)
