using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The lines at the top of a script that name its inputs.</summary>
internal static class InputText
{
    /// <summary>Writes them: what is carried, then the rest.</summary>
    public static void Write(TensorGraph graph, EqArray<Carry> carries, Dictionary<Tensor, string> names, ScriptWriter script)
    {
        var carried = carries.Select(c => c.Input).ToHashSet();
        foreach (var (title, isCarried) in new[] { ("carried state", true), ("data", false) })
        {
            int[] group = [.. Enumerable.Range(0, graph.Inputs.Length).Where(i => names.ContainsKey(graph.Inputs[i]) && carried.Contains(i) == isCarried)];
            if (group.Length > 0) script.Line($"# {title}");
            foreach (var i in group) script.Line($"{names[graph.Inputs[i]]} = inputs[{i}]", Script.Comment(graph.Inputs[i]));
        }
    }
}
