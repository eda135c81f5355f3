using System.Globalization;
using System.Text.Json.Nodes;
using ProbNet.Graph;

namespace ProbNet.Inference.Options;

/// <summary>
/// Option values as JSON, for run folders: numbers, truth values and arrays are themselves, a name alone is a string, a text is
/// <c>{ "text": … }</c>, and an application is <c>{ "name": …, "arguments": […], "options": { … } }</c>. Reading gives back the value written.
/// </summary>
public static class OptionJson
{
    /// <summary>The value as JSON.</summary>
    public static JsonNode Write(OptionValue value) => value switch
    {
        OptionValue.Number { Value: var x } when !double.IsFinite(x) => new JsonObject { ["number"] = x.ToString("R", CultureInfo.InvariantCulture) },
        OptionValue.Number or OptionValue.Integer => JsonNode.Parse(value.ToString()!)!,
        OptionValue.Boolean b => JsonValue.Create(b.Value),
        OptionValue.Text t => new JsonObject { ["text"] = t.Value },
        OptionValue.List l => new JsonArray([.. l.Items.Map(Write)]),
        OptionValue.Call { Arguments.IsEmpty: true, Options.IsEmpty: true } c => JsonValue.Create(c.Name),
        OptionValue.Call c => new JsonObject
        {
            ["name"] = c.Name,
            ["arguments"] = new JsonArray([.. c.Arguments.Map(Write)]),
            ["options"] = new JsonObject(c.Options.Select(o => KeyValuePair.Create(o.Name, (JsonNode?)Write(o.Value)))),
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The value that <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The JSON is nothing that <see cref="Write"/> writes.</exception>
    public static OptionValue Read(JsonNode? json) => json switch
    {
        JsonArray a => new OptionValue.List(a.Select(Read).ToEqArray()),
        JsonObject o when o["text"] is JsonValue text => new OptionValue.Text(text.GetValue<string>()),
        JsonObject o when o["number"] is JsonValue number => new OptionValue.Number(double.Parse(number.GetValue<string>(), CultureInfo.InvariantCulture)),
        JsonObject o when o["name"] is JsonValue name && o["arguments"] is JsonArray arguments && o["options"] is JsonObject options =>
            new OptionValue.Call(name.GetValue<string>(), arguments.Select(Read).ToEqArray(), options.Select(p => new NamedOption(p.Key, Read(p.Value))).ToEqArray()),
        JsonValue v => ReadScalar(v),
        _ => throw new FormatException($"no option value: {json?.ToJsonString() ?? "null"}"),
    };

    private static OptionValue ReadScalar(JsonValue value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.True => new OptionValue.Boolean(true),
        System.Text.Json.JsonValueKind.False => new OptionValue.Boolean(false),
        System.Text.Json.JsonValueKind.String => new OptionValue.Call(value.GetValue<string>()),
        _ => value.ToJsonString() is var text && text.AsSpan().ContainsAny(".eE")
            ? new OptionValue.Number(double.Parse(text, CultureInfo.InvariantCulture))
            : new OptionValue.Integer(long.Parse(text, CultureInfo.InvariantCulture)),
    };
}
