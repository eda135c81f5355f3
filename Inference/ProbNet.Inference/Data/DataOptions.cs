using ProbNet.Language;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Data;

/// <summary>Reads the options among a data declaration's fields; a bad one is reported and read as its default.</summary>
internal sealed class DataOptions(IReadOnlyDictionary<string, Field> fields, List<Diagnostic> faults)
{
    public bool Boolean(string name, bool otherwise) =>
        Read(name, otherwise, v => v is BoolLiteral b ? b.Value : null, "true or false");

    public string Separator() => fields.TryGetValue("separator", out var field)
        ? field.Value is StringLiteral { Value: { Length: 1 } s } && s is not ("\"" or "\n" or "\r") ? s : Bad(field, "one character, such as \";\"", ",")
        : ",";

    public SplitSpec Split(SourceSpan declared)
    {
        var heldOut = Fraction("heldOut");
        var validation = Fraction("validation");
        var span = fields.TryGetValue("heldOut", out var h) ? h.NameSpan : fields.TryGetValue("validation", out var v) ? v.NameSpan : declared;
        if (heldOut + validation >= 1)
        {
            faults.Add(new(DataCodes.BadOption, $"heldOut and validation leave no training rows: {Text(heldOut)} + {Text(validation)} is not below 1", span));
        }
        var seed = Read("seed", 0L, e => e is IntLiteral i ? i.Value : null, "an integer from 0");
        var stratify = fields.TryGetValue("stratify", out var s)
            ? DataSpecParser.Column(s.Value) ?? Bad<ColumnRef?>(s, "a column, such as \"species\"", null)
            : null;
        return new(heldOut, validation, seed, stratify) { Span = span, StratifySpan = s?.Value.Span ?? default };
    }

    private double Fraction(string name) => Read(name, 0.0, e => e switch
    {
        FloatLiteral { Value: >= 0 and < 1 } f => f.Value,
        IntLiteral { Value: 0 } => 0,
        _ => null,
    }, "a fraction of the rows, from 0 to below 1");

    private T Read<T>(string name, T otherwise, Func<Expr, T?> read, string wants) where T : struct =>
        !fields.TryGetValue(name, out var field) ? otherwise : read(field.Value) ?? Bad(field, wants, otherwise);

    private T Bad<T>(Field field, string wants, T otherwise)
    {
        faults.Add(new(DataCodes.BadOption, $"option '{field.Name}' wants {wants}", field.Value.Span));
        return otherwise;
    }

    private static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
