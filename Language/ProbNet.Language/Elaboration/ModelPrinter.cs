using System.Text;
using ProbNet.Graph;
using ProbNet.Language.Distributions;

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
            outputs.AddRange(Arguments(site.Name, site.Distribution));
            if (site.Kind == SiteKind.Observe) outputs.Add(($"{site.Name}=", site.Value));
            text.Append($"{(site.Kind == SiteKind.Observe ? "observe" : "site")} {site.Name} ~ {site.Distribution.Family.Name} : {Type(site.Value)}{PerRow(site.PerRow)}\n");
        }
        foreach (var noise in model.Noises)
        {
            text.Append($"noise {noise.Name} ~ {noise.Distribution.Family.Name} : {Type(noise.Value)}{PerRow(noise.PerRow)}\n");
            outputs.AddRange(Arguments(noise.Name, noise.Distribution));
        }
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
        Graph(text, new TensorGraph(holes, outputs));
        foreach (var recurrence in model.Sites.Select(s => s.Recurrence).OfType<Recurrence>().Distinct(ReferenceEqualityComparer.Instance).Cast<Recurrence>()) Step(text, recurrence, holes);
        return text.ToString();

        void Value(string kind, string name, Tensor value, bool perRow)
        {
            outputs.Add((name, value));
            text.Append($"{kind} {name} : {Type(value)}{PerRow(perRow)}\n");
        }
    }

    // One step of a random loop: what it goes over, and how state, draws and terms follow from one another.
    private static void Step(StringBuilder text, Recurrence recurrence, Tensor[] holes)
    {
        var loop = recurrence.Loop;
        text.Append($"step of {string.Join(", ", recurrence.Sites.Select(s => s.Name))}, {loop.Length} times\n");
        List<(string Name, Tensor Value)> outputs = [.. loop.Initial.Select((x, i) => ($"state{i}<-", x)), .. loop.Sequences.Select((x, i) => ($"item{i}<-", x)), .. loop.Next.Select((x, i) => ($"state{i}'", x))];
        foreach (var site in recurrence.Sites)
        {
            outputs.AddRange(Arguments(site.Name, site.Distribution));
            if (site.Kind == SiteKind.Observe) outputs.Add(($"{site.Name}=", site.Slice));
        }
        outputs.AddRange(recurrence.Factors.Select(f => (f.Name, f.LogDensity)));
        // The placeholder of a draw at one step has the name of the hole for all steps.
        var named = loop.Carries.Select((x, i) => (Before: x, After: Named(x, $"state{i}"))).Concat(loop.Slices.Select((x, i) => (Before: x, After: Named(x, $"item{i}")))).ToArray();
        var expressions = Substitution.Apply([.. outputs.Select(o => o.Value)], named.ToDictionary(n => n.Before, n => n.After, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance));
        Graph(text, new TensorGraph([.. holes, .. named.Select(n => n.After)], [.. outputs.Zip(expressions, (o, x) => (o.Name, x))]));

        static Tensor Named(Tensor placeholder, string name) => TensorMath.Input(name, placeholder.DType, placeholder.Shape);
    }

    private static void Graph(StringBuilder text, TensorGraph graph)
    {
        foreach (var line in Printer.Print(graph).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = line.LastIndexOf("   # ", StringComparison.Ordinal);
            text.Append(end < 0 ? line : line[..end]).Append('\n');
        }
    }

    private static IEnumerable<(string Name, Tensor Value)> Arguments(string name, Instance distribution) =>
        distribution.Arguments.Select((value, i) => ($"{name}~{distribution.Family.Parameters[i].Name}", value));

    private static string Type(Tensor value) => $"{value.DType.Name()}{value.Shape}";

    private static string PerRow(bool perRow) => perRow ? ", a value for each row" : "";
}
