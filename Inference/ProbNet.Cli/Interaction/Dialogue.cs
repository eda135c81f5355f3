using System.Globalization;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Cli.Interaction;

/// <summary>The dialogue of <c>probnet repl</c>. It owns what has been defined so far and the counter that makes draws differ.</summary>
internal sealed class Dialogue(Terminal terminal, long seed, CancellationToken stop)
{
    private const string Help =
        """
        expression         evaluates it; what is random is drawn
        let name = …       defines a name for later lines; lines go on while brackets are open or after '='
        :type expression   shows what it is without computing it
        :draw n expression summarises n draws of what is random
        :load file         adds the definitions of a program
        :seed n            starts the draws anew from a seed
        :help              shows this
        :quit              ends (as does end of input)
        """;

    private const int MostShown = 40, MostDraws = 10_000_000;

    private EqArray<Declaration> _defined = [];
    private long _seed = seed;
    private long _draws;
    private int _inputs;

    /// <summary>Reads and answers until the input ends; the exit code is that of the process.</summary>
    public int Run(TextReader input, string? file)
    {
        if (file is not null) Load(file);
        if (terminal.OutIsInteractive) terminal.Out.WriteLine("ProbNet. :help lists what can be said.");
        while (!stop.IsCancellationRequested && Read(input) is { } text)
        {
            if (text.Trim() is ":quit" or ":q") break;
            try
            {
                Answer(text.Trim());
            }
            catch (CommandFailure failure)
            {
                Messages.Write(terminal, failure, json: false);
            }
        }
        return ExitCode.Ok;
    }

    // One input: a line, and further ones as long as it is plainly not at its end.
    private string? Read(TextReader input)
    {
        Prompt("> ");
        var text = input.ReadLine();
        while (text is not null && GoesOn(text))
        {
            Prompt(". ");
            if (input.ReadLine() is not { Length: > 0 } next) break;
            text += "\n" + next;
        }
        return text;
    }

    private void Prompt(string text)
    {
        if (!terminal.OutIsInteractive) return;
        terminal.Out.Write(text);
        terminal.Out.Flush();
    }

    private static bool GoesOn(string text)
    {
        var depth = text.Count(c => c is '(' or '[' or '{') - text.Count(c => c is ')' or ']' or '}');
        var end = text.TrimEnd();
        return depth > 0 || end.EndsWith('=') || end.EndsWith("->", StringComparison.Ordinal) || end.EndsWith("|>", StringComparison.Ordinal) || (text.LastIndexOf('\n') is > 0 and var last && text.StartsWith("let", StringComparison.Ordinal) && text[(last + 1)..].StartsWith(' '));
    }

    private void Answer(string text)
    {
        if (text.Length == 0) return;
        var (command, rest) = text.StartsWith(':') && text.IndexOf(' ') is > 0 and var blank ? (text[..blank], text[blank..].Trim()) : (text, "");
        switch (command)
        {
            case ":help" or ":h":
                terminal.Out.WriteLine(Help);
                break;
            case ":type" or ":t":
                if (Evaluate(rest) is { } typed) terminal.Out.WriteLine(Type(typed));
                break;
            case ":draw":
                var at = rest.IndexOf(' ');
                if (at < 0 || !int.TryParse(rest[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n is < 1 or > MostDraws)
                    throw CommandFailure.Usage($":draw wants a number of draws from 1 to {MostDraws} and an expression", "e.g. :draw 1000 normal 0.0 1.0");
                if (Evaluate(rest[at..].Trim()) is { } drawn) Summarise(drawn, n);
                break;
            case ":load":
                if (rest.Length == 0) throw CommandFailure.Usage(":load wants the path of a program", "e.g. :load model.prob");
                Load(rest);
                break;
            case ":seed":
                if (!long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) throw CommandFailure.Usage(":seed wants an integer", "e.g. :seed 7");
                (_seed, _draws) = (number, 0);
                break;
            case var other when other.StartsWith(':'):
                throw CommandFailure.Usage($"'{text}' is no command", Suggest.Nearest(other, [":help", ":type", ":draw", ":load", ":seed", ":quit"]) is { } near ? $"did you mean '{near}'? :help lists the commands" : ":help lists the commands");
            default:
                if (Evaluate(text) is { } result) Show(result);
                break;
        }
    }

    private InteractiveResult? Evaluate(string text)
    {
        var (result, diagnostics) = Interactive.Evaluate(_defined, new SourceText($"input {++_inputs}", text), DType.F64);
        Messages.Write(terminal, diagnostics);
        return result;
    }

    private void Show(InteractiveResult result)
    {
        switch (result)
        {
            case InteractiveResult.Defined defined:
                _defined = _defined.AddRange(defined.Declarations);
                foreach (var (name, type) in defined.Types) terminal.Out.WriteLine($"{name} : {type}");
                break;
            case InteractiveResult.Numbers numbers:
                var draws = Draw(numbers.Graph, 1, _draws++);
                foreach (var (name, values) in draws.Latent.Concat(draws.Deterministic)) terminal.Out.WriteLine($"{name} : {TypeOf(values)} = {Text(values)}");
                break;
            case InteractiveResult.Described { Value: { } value } described:
                terminal.Out.WriteLine($"{Interactive.It} : {described.Type} = {value}");
                break;
            default:
                terminal.Out.WriteLine(Type(result));
                break;
        }
    }

    private void Summarise(InteractiveResult result, int count)
    {
        if (result is not InteractiveResult.Numbers { IsRandom: true } numbers) throw CommandFailure.Usage("there is nothing random in this expression", "give a distribution or a prob block, e.g. :draw 1000 normal 0.0 1.0");
        PriorSummary.Write(terminal, Interactive.It, count, _seed, PriorSummary.Of(Draw(numbers.Graph, count, _draws++)));
    }

    // Each input draws from a seed of its own, so that the same line twice gives two draws, and the same dialogue twice the same ones.
    private Draws Draw(ModelGraph graph, int count, long input) =>
        PriorSampler.Run(new BoundModel(graph.Name, _ => graph, [], 1), Backends.Default, new SampleOptions { Draws = count, Seed = unchecked(_seed * 1_000_003 + input) });

    private void Load(string path)
    {
        var file = ProgramFile.Read(path);
        var program = file.Check(terminal, null, new Dictionary<string, string>());
        var definitions = program.Declarations<Declaration.Let>().ToList();
        _defined = _defined.AddRange(definitions);
        terminal.Out.WriteLine($"{path}: {Numbers.Of(definitions.Count, "definition")}");
    }

    private static string Type(InteractiveResult result) => result switch
    {
        InteractiveResult.Defined defined => string.Join('\n', defined.Types.Select(t => $"{t.Name} : {t.Type}")),
        InteractiveResult.Described described => described.Type,
        InteractiveResult.Numbers numbers => numbers.Type,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string TypeOf(HostTensor draw) =>
        draw.DType switch { DType.I64 => "int", DType.Bool => "bool", _ => "real" } + (draw.Shape.Rank == 1 ? "" : draw.Shape[1..].ToString());

    // The only draw: nested brackets in row-major order, the middle of long values left out.
    private static string Text(HostTensor draw)
    {
        var shape = draw.Shape[1..];
        if (shape.Size > MostShown) return $"[{string.Join("; ", Enumerable.Range(0, MostShown).Select(i => Number(draw, i)))}; …] ({shape.Size} numbers)";
        return Nested(draw, shape, 0);
    }

    private static string Nested(HostTensor draw, Shape shape, int from)
    {
        if (shape.Rank == 0) return Number(draw, from);
        var width = shape[1..].Size;
        return $"[{string.Join("; ", Enumerable.Range(0, shape[0]).Select(i => Nested(draw, shape[1..], from + i * width)))}]";
    }

    private static string Number(HostTensor values, int i) => values.DType == DType.Bool ? values[i] != 0 ? "true" : "false" : values[i].ToString(values.DType == DType.I64 ? "0" : "G6", CultureInfo.InvariantCulture);
}
