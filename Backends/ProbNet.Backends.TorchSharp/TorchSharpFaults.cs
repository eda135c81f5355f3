using System.Runtime.InteropServices;
using ProbNet.Backends.Torch;

namespace ProbNet.Backends.TorchSharp;

/// <summary>What TorchSharp throws, as the backend's failures.</summary>
internal static class TorchSharpFaults
{
    // libtorch says where in its own sources it threw, line by line.
    private const string Trace = "\nException raised from";

    /// <summary>Whether TorchSharp says by this that libtorch failed or that a call was wrong.</summary>
    public static bool IsOurs(Exception e) => e is SystemException and not (OutOfMemoryException or NullReferenceException or InvalidCastException);

    /// <summary>The same failure as the backend's.</summary>
    public static TorchException Of(Exception e, TorchFault otherwise = TorchFault.Operator)
    {
        var end = e.Message.IndexOf(Trace, StringComparison.Ordinal);
        var message = end < 0 ? e.Message : e.Message[..end];
        return new(e is ExternalException ? Kind(message, otherwise) : TorchFault.Argument, message);
    }

    /// <summary>A result, or the backend's failure.</summary>
    public static T Guard<T>(Func<T> call, TorchFault otherwise = TorchFault.Operator)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (IsOurs(e))
        {
            throw Of(e, otherwise);
        }
    }

    /// <summary>Does it, or fails as the backend does.</summary>
    public static void Guard(Action call) => Guard(() =>
    {
        call();
        return true;
    });

    /// <summary>The first line that says something, of the innermost failure.</summary>
    public static string FirstLine(Exception e) => e.GetBaseException().Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? e.GetType().Name;

    // libtorch's classes for this differ from release to release, its words hardly do.
    private static TorchFault Kind(string message, TorchFault otherwise)
    {
        if (HasAny("out of memory", "not enough memory", "can't allocate memory")) return TorchFault.Memory;
        return HasAny("CUDA error", "CUDA driver", "device-side assert", "NVIDIA driver") ? TorchFault.Device : otherwise;

        bool HasAny(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts)
            {
                if (message.Contains(part, StringComparison.Ordinal)) return true;
            }
            return false;
        }
    }
}
