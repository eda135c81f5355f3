using System.Text;
using System.Text.RegularExpressions;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The methods of a module, and the buffers they read.</summary>
/// <param name="Text">The definitions.</param>
/// <param name="Buffers">Name and value.</param>
internal sealed partial record ModuleText(string Text, EqArray<(string Name, HostTensor Value)> Buffers)
{
    /// <summary>Writes a module.</summary>
    public static ModuleText Of(TorchModule module)
    {
        var kept = ForwardText.Names(module.Values.Select(v => v.Name)).Select(n => "kept_" + n).ToArray();
        var buffers = module.Values.Select((v, i) => (kept[i], v.Value)).ToList();
        var used = new HashSet<string>();
        var methods = new StringBuilder();
        foreach (var part in module.Parts)
        {
            var step = Method($"step_{part.Rows}", part.Step);
            var finish = Method($"finish_{part.Rows}", part.Finish);
            methods.Append(ForwardText.Chunk(module, part, kept, step, finish)).Append('\n');
        }
        var device = buffers.Count > 0 ? buffers[0].Item1 : null;
        var text = ForwardText.Of(module, device) + $"\ndef metadata(self) -> str:\n    return {ForwardText.Literal(module.Metadata)}\n\n" + methods + Functions(Prelude.Of(used));
        return new(text, [.. buffers]);

        // Constants become buffers, so that they move to a device with the module.
        string[] Method(string name, TensorGraph graph)
        {
            var script = new ScriptWriter();
            var names = InputNames.Of(graph, []);
            InputText.Write(graph, [], names, script);
            NodeText.Write(graph, names, script, static _ => null);
            script.Line($"return [{string.Join(", ", graph.Outputs.Select(o => names[o.Value]))}]");
            methods.Append("def ").Append(name).Append("(self, inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n").Append(Calls(script.Body)).Append('\n');
            used.UnionWith(script.Used);
            string[] constants = new string[script.Constants.Count];
            for (var i = 0; i < constants.Length; i++)
            {
                var known = buffers.FindIndex(b => b.Item1.StartsWith("constant_", StringComparison.Ordinal) && b.Item2.Equals(script.Constants[i]));
                constants[i] = known >= 0 ? buffers[known].Item1 : $"constant_{buffers.Count}";
                if (known < 0) buffers.Add((constants[i], script.Constants[i]));
            }
            return constants;
        }
    }

    // A module's functions are its methods.
    private static string Functions(string functions) => Definition().Replace(Calls(functions), "def $1(self, ");

    private static string Calls(string text) => Call().Replace(text, m => Prelude.Names.Contains(m.Groups[1].Value) ? $"self.{m.Value}" : m.Value);

    [GeneratedRegex(@"(?m)^def self\.(\w+)\(")]
    private static partial Regex Definition();

    [GeneratedRegex(@"(?<![\w.])(\w+)\(")]
    private static partial Regex Call();
}
