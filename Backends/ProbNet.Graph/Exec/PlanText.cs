using System.Globalization;
using System.Text;

namespace ProbNet.Graph;

/// <summary>A plan as text: a summary, the values that go in and out, and a line a kernel.</summary>
public static class PlanText
{
    private const int Width = 140, Indent = 31;

    /// <summary>The text, lines of at most 140 characters.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="graph">What was planned.</param>
    /// <param name="options">With which inputs fed back.</param>
    public static string Of(PlanSummary plan, TensorGraph graph, CompileOptions options)
    {
        var text = new StringBuilder();
        Line(text, $"{plan.Title}: {plan.Kernels.Count} kernels, {Bytes(plan.Traffic)} moved and {Count(plan.Operations)} a run");
        Line(text, $"memory {Bytes(plan.TotalBytes)}: arena {Bytes(plan.ArenaBytes)}, scratch {Bytes(plan.ScratchBytes)} ({plan.Threads} {(plan.Threads == 1 ? "thread" : "threads")}), code {Bytes(plan.CodeBytes)}");
        Line(text, $"arena: data {Bytes(plan.DataBytes)}, carried state {Bytes(plan.StateBytes)} ({plan.InPlace} values in place, {plan.Copied} copied after the run), intermediate values {Bytes(plan.IntermediateBytes)}");
        var (from, to) = (options.Carries.Select(c => c.Input).ToHashSet(), options.Carries.Select(c => c.Output).ToHashSet());
        Wrapped(text, "carried: ", graph.Inputs.Where((_, i) => from.Contains(i)).Select(Value));
        Wrapped(text, "inputs: ", graph.Inputs.Where((_, i) => !from.Contains(i)).Select(Value));
        Wrapped(text, "outputs: ", graph.Outputs.Where((_, i) => !to.Contains(i)).Select(o => $"{o.Name} {o.Value.DType.Name()}{o.Value.Shape}"));
        if (plan.Kernels.IsEmpty) return text.ToString();
        Line(text, $"flop: arithmetic, comparisons and choices count 1, elementary functions 10, powers and special functions 40, random numbers 20");
        Line(text, $"");
        Line(text, $"{"#",4}  {"moved",10}  {"work",11}  kernel");
        for (var i = 0; i < plan.Kernels.Count; i++)
        {
            var kernel = plan.Kernels[i];
            string[] words = [.. Words($"{kernel.Text}{(kernel.Chunks > 1 ? $" in {kernel.Chunks} chunks" : "")}")];
            Fill(text, string.Create(CultureInfo.InvariantCulture, $"{i,4}  {Bytes(kernel.Traffic),10}  {Count(kernel.Operations),11}  "), words, "");
        }
        return text.ToString();
    }

    /// <summary>A number of bytes for people, e.g. <c>1.5 MiB</c>.</summary>
    public static string Bytes(long bytes) => Scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);

    /// <summary>A number of operations for people, e.g. <c>1.5 Mflop</c>.</summary>
    public static string Count(double operations) => Scaled(operations, 1000, ["flop", "kflop", "Mflop", "Gflop", "Tflop"]);

    private static string Value(Tensor input) => $"{input.InputName()} {input.DType.Name()}{input.Shape}";

    private static void Wrapped(StringBuilder text, string head, IEnumerable<string> items)
    {
        string[] all = [.. items];
        if (all.Length > 0) Fill(text, head, all, ",");
    }

    // Shapes stay in one piece.
    private static IEnumerable<string> Words(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
            if (text[i] != ' ' || depth > 0) continue;
            yield return text[start..i];
            start = i + 1;
        }
        yield return text[start..];
    }

    // Items, a blank between them, on as many lines as they need; lines after the first are indented as far as the head.
    private static void Fill(StringBuilder text, string head, IReadOnlyList<string> items, string separator)
    {
        var at = head.Length;
        text.Append(head);
        for (var i = 0; i < items.Count; i++)
        {
            var item = i + 1 < items.Count ? items[i] + separator : items[i];
            if (i > 0 && at + 1 + item.Length > Width)
            {
                text.Append('\n').Append(' ', Math.Min(head.Length, Indent));
                at = Math.Min(head.Length, Indent);
            }
            else if (i > 0)
            {
                text.Append(' ');
                at++;
            }
            text.Append(item);
            at += item.Length;
        }
        text.Append('\n');
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Scaled(double value, double step, string[] units)
    {
        var unit = 0;
        for (; value >= step && unit < units.Length - 1; unit++) value /= step;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
