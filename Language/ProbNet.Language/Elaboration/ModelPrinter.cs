using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Elaboration;

/// <summary>
/// The text form of a model graph: what it declares, then the expressions of its distributions' arguments as a tensor graph. Places in the source are left
/// out, so that a model prints the same whether it was written as text or in C#.
/// </summary>
public static class ModelPrinter
{
    /// <summary>The model as text, lines ending in <c>\n</c>.</summary>
    public static string Print(ModelGraph model)
    {
        var text = new StringBuilder();
        text.Append($"model {model.Name} : {model.Precision.Name()}\n");
        foreach (var dimension in model.Dimensions) text.Append($"dimension {dimension.Name} = {dimension.Size}{(model.Rows?.Name == dimension.Name ? ", counts rows" : "")}\n");
        foreach (var argument in model.Arguments) text.Append($"argument {argument.Name} : {Type(argument.Value)}{PerRow(argument.PerRow)}\n");
        foreach (var parameter in model.Parameters) text.Append($"learned {parameter.Name} : {Type(parameter.Value)}\n");
        var outputs = new List<(string Name, Tensor Value)>();
        foreach (var site in model.Sites)
        {
            var family = site.Distribution.Family;
            var parameters = Enumerable.Range(0, family.Parameters.Count).Select(i => (Name: $"{site.Name}~{family.Parameters[i].Name}", Value: site.Distribution.Arguments[i])).ToList();
            outputs.AddRange(parameters);
            if (site.Kind == SiteKind.Observe) outputs.Add(($"{site.Name}=", site.Value));
            text.Append($"{(site.Kind == SiteKind.Observe ? "observe" : "site")} {site.Name} ~ {family.Name} : {Type(site.Value)}{PerRow(site.PerRow)}\n");
        }
        foreach (var noise in model.Noises) text.Append($"noise {noise.Name} ~ {noise.Distribution.Family.Name} : {Type(noise.Value)}{PerRow(noise.PerRow)}\n");
        foreach (var factor in model.Factors) Value("factor", factor.Name, factor.LogDensity, factor.PerRow);
        foreach (var reported in model.Deterministics) Value("deterministic", reported.Name, reported.Value, reported.PerRow);
        foreach (var parameter in model.Parameters)
        {
            outputs.AddRange(parameter.Start switch
            {
                ParameterStart.Fixed(var value) => [($"{parameter.Name}<-", value)],
                ParameterStart.Drawn(var drawn) => drawn.Arguments.Select((a, i) => ($"{parameter.Name}<-{drawn.Family.Name}.{drawn.Family.Parameters[i].Name}", a)),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
        Tensor[] holes = [.. model.Arguments.Select(a => a.Value), .. model.Parameters.Select(p => p.Value), .. model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Value), .. model.Noises.Select(n => n.Value)];
        foreach (var line in Printer.Print(new TensorGraph(holes, outputs)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = line.LastIndexOf("   # ", StringComparison.Ordinal);
            text.Append(end < 0 ? line : line[..end]).Append('\n');
        }
        return text.ToString();

        void Value(string kind, string name, Tensor value, bool perRow)
        {
            outputs.Add((name, value));
            text.Append($"{kind} {name} : {Type(value)}{PerRow(perRow)}\n");
        }
    }

    private static string Type(Tensor value) => $"{value.DType.Name()}{value.Shape}";

    private static string PerRow(bool perRow) => perRow ? ", a value for each row" : "";
}
