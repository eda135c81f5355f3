using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Data;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli.Explain;

/// <summary>What happens at one site of a model.</summary>
/// <param name="Site">Its name.</param>
/// <param name="Distribution">The distribution's family.</param>
/// <param name="Shape">The type of its value, with named dimensions.</param>
/// <param name="Plate">The dimension of data rows if the site is a plate over them, else empty.</param>
/// <param name="Status">Observed or latent; empty where that depends on data that is not there.</param>
/// <param name="Guide">The guide family with its options, for latent sites.</param>
/// <param name="Estimator">The estimator applied, for latent sites.</param>
/// <param name="Reason">Why it is not the one asked for, or empty.</param>
/// <param name="Kl">How the divergence from the prior is computed.</param>
/// <param name="Place">Where the site stands.</param>
internal sealed record SiteRow(
    string Site, string Distribution, string Shape, string Plate, string Status, string Guide, string Estimator, string Reason, string Kl, string Place);

/// <summary>The default of <c>explain</c>: a row a site.</summary>
internal static class SiteRows
{
    /// <summary>The rows, in model order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="bound">The model with its data, or null where there is none.</param>
    /// <param name="explanation">What the algorithm would do, or null without data.</param>
    public static EqArray<SiteRow> Of(CheckedModel model, BoundProgram? bound, Explanation? explanation)
    {
        var graph = bound?.Model.Elaborate(bound.Model.Rows);
        return model.Sites.Select((site, i) =>
        {
            var known = graph?.Sites[i];
            var plan = explanation?.Sites.FirstOrDefault(p => p.Site == site.Name);
            var status = known is null ? site.Kind == SiteKind.Observe ? "observed" : "" : bound!.Model.IsObserved(known) ? "observed" : "latent";
            return new SiteRow(site.Name, site.Family.Name, site.Type.ToString(),
                known is { PerRow: true } ? bound!.RowDimension! : "", status, Short(plan?.Family), plan?.Estimator ?? "", plan?.Reason ?? "", plan?.Kl ?? "", site.Span.Location);
        }).Concat(model.Noises.Select((noise, i) => new SiteRow(noise.Name, noise.Family.Name, noise.Type.ToString(),
            graph is { } known && known.Noises[i].PerRow ? bound!.RowDimension! : "", "noise", "", "", "", "", noise.Span.Location))).ToEqArray();
    }

    /// <summary>The rows as a table.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="infer">The algorithm.</param>
    /// <param name="bound">The model with its data, or null where there is none.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="absent">The data that is declared but not there, or null.</param>
    /// <param name="explanation">What the algorithm would do, or null without data.</param>
    public static void Write(Terminal terminal, CheckedModel model, InferChoice infer, BoundProgram? bound, EqArray<SiteRow> rows, DataSpec? absent, Explanation? explanation)
    {
        var sizes = model.Dimensions.Where(d => bound is not null).Select(d => $", {d} = {bound!.Sizes[d]}");
        terminal.Out.WriteLine($"{model.Name}: {infer.Name} ({infer.Algorithm.Name}){string.Concat(sizes)}");
        terminal.Out.WriteLine();
        var hasPlan = rows.Any(r => r.Guide.Length > 0);
        Column[] columns = [new("site"), new("distribution"), new("shape"), .. Optional(rows, "plate", r => r.Plate), .. Optional(rows, "status", r => r.Status),
            .. hasPlan ? new Column[] { new("guide"), new("estimator"), new("KL") } : []];
        var table = new Table("", columns);
        foreach (var r in rows)
        {
            table.Row([r.Site, r.Distribution, r.Shape, .. Optional(rows, r, x => x.Plate), .. Optional(rows, r, x => x.Status),
                .. hasPlan ? new[] { r.Guide, r.Estimator + (r.Reason.Length > 0 ? "*" : ""), r.Kl } : []]);
        }
        table.Write(terminal);
        foreach (var group in rows.Where(r => r.Reason.Length > 0).GroupBy(r => (r.Estimator, r.Reason)))
        {
            terminal.Out.WriteLine($"* {group.Key.Estimator} for {string.Join(", ", group.Select(r => r.Site))}: {group.Key.Reason}");
        }
        PointRows.Write(terminal, model, explanation);
        foreach (var d in model.Deterministics) terminal.Out.WriteLine($"reported: {d.Name} : {d.Type}");
        if (absent is not null) terminal.Out.WriteLine($"the data '{absent.Name}' ({absent.File}) is not there, so guides and estimators are not shown");
        else if (!hasPlan) terminal.Out.WriteLine("the program declares no data for the model, so guides and estimators are not shown");
    }

    /// <summary>The rows as a JSON object.</summary>
    public static string Json(CheckedModel model, InferChoice infer, EqArray<SiteRow> rows, Explanation? explanation) => Output.Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", model.Name);
        writer.WriteString("infer", infer.Name);
        writer.WriteString("algorithm", infer.Algorithm.Name);
        writer.WriteStartArray("sites");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            (string Name, string Value)[] fields =
            [
                ("site", row.Site), ("distribution", row.Distribution), ("shape", row.Shape), ("plate", row.Plate), ("status", row.Status),
                ("guide", row.Guide), ("estimator", row.Estimator), ("reason", row.Reason), ("kl", row.Kl), ("place", row.Place),
            ];
            foreach (var (name, value) in fields.Where(f => f.Value.Length > 0)) writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        PointRows.Write(writer, model, explanation);
        writer.WriteEndObject();
    });

    // A family whose options are all at their defaults is told by its name.
    private static string Short(string? family) => GuideRegistry.Families.All.FirstOrDefault(f => f.ToString() == family)?.Name ?? family ?? "";

    private static Column[] Optional(EqArray<SiteRow> rows, string heading, Func<SiteRow, string> cell) => rows.Any(r => cell(r).Length > 0) ? [new(heading)] : [];

    private static string[] Optional(EqArray<SiteRow> rows, SiteRow row, Func<SiteRow, string> cell) => rows.Any(r => cell(r).Length > 0) ? [cell(row)] : [];
}
